-- proves: F000-44, F000-49, F000-59, F000-65, C-27
-- A patch takes dotted paths, column names, aliases and nested objects alike.
begin;
select plan(12);
select tap.matrix();

-- every name of every leaf that is one value
select is_empty(
    $$ select n.name, o.outcome
    from leaves as l
    cross join lateral (
        select l.path as name union select unnest((l.leaf).aliases) union select l.column_name where l.storage = 'column'
    ) as n
    cross join lateral tap.outcome(
        'emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object(n.name, l.other)), 'authenticated',
        format(
            'select (wedsync_internal.core_fields_value(f, %s::smallint) = %L)::text from wedsync_data.core_fields as f where f.couple_id = %L',
            l.right_no, l.other, tap.couple('emma')
        )
    ) as o (outcome)
    where l.storage <> 'element' and l.is_writable and l.path <> 'wedding.guestCount.total' and o.outcome <> 'true' $$,
    'every path, alias and column name of every leaf stores the value'
);
select is_empty(
    $$ select l.path, o.outcome
    from leaves as l
    cross join lateral (
        select jsonb_build_object(l.column_name, case l.storage when 'json' then jsonb_build_object(l.json_key, l.other) else l.other end) as patch
        union all
        select case cardinality(p.parts)
            when 2 then jsonb_build_object(p.parts[1], jsonb_build_object(p.parts[2], l.other))
            else jsonb_build_object(p.parts[1], jsonb_build_object(p.parts[2], jsonb_build_object(p.parts[3], l.other)))
        end
        from (select string_to_array(l.path, '.') as parts) as p
        union all
        select jsonb_build_object(p.parts[1] || '.' || p.parts[2], jsonb_build_object(p.parts[3], l.other))
        from (select string_to_array(l.path, '.') as parts) as p where cardinality(p.parts) = 3
    ) as n
    cross join lateral tap.outcome(
        'emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), n.patch), 'authenticated',
        format(
            'select (wedsync_internal.core_fields_value(f, %s::smallint) = %L)::text from wedsync_data.core_fields as f where f.couple_id = %L',
            l.right_no, l.other, tap.couple('emma')
        )
    ) as o (outcome)
    where l.storage <> 'element' and l.is_writable and l.path <> 'wedding.guestCount.total' and o.outcome <> 'true' $$,
    'nested objects and objects in columns store the value'
);
select is_empty(
    $$ select l.path, n.patch, o.outcome
    from leaves as l
    join elements as e on e.column_name = l.column_name
    cross join lateral (select regexp_replace(l.path, '\.[^.]+$', '') as list_path) as p
    cross join lateral (values
        (jsonb_build_object(p.list_path || '.' || e.id || '.' || l.json_key, l.other)),
        (jsonb_build_object(p.list_path || '/' || e.id || '/' || l.json_key, l.other)),
        (jsonb_build_object(l.column_name || '.' || upper(e.id::text) || '.' || l.json_key, l.other)),
        (jsonb_build_object(l.column_name, jsonb_build_array(jsonb_build_object('id', e.id, l.json_key, l.other)))),
        (jsonb_build_object(p.list_path, jsonb_build_array(jsonb_build_object('id', e.id, l.json_key, l.other)))),
        (jsonb_build_object(split_part(p.list_path, '.', 1), jsonb_build_object(
            split_part(p.list_path, '.', 2), jsonb_build_array(jsonb_build_object('id', e.id, l.json_key, l.other))
        )))
    ) as n (patch)
    cross join lateral tap.outcome(
        'emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), n.patch), 'authenticated',
        format('select (to_jsonb(e) -> %L = %L)::text from wedsync_data.%I as e where e.couple_id = %L', l.json_key, l.other, l.column_name, tap.couple('emma'))
    ) as o (outcome)
    where l.storage = 'element' and o.outcome <> 'true' $$,
    'so do list elements by their id, in six spellings'
);

create temporary table answer on commit drop as
select tap.patch('emma', 'emma', '{"weddingDate": null, "couple": {"partner2": {"name": "Jim"}}, "ceremony_venue": {"name": "Barn"}}', null, 'tidying up') as a;
select set_eq(
    $$ select jsonb_object_keys(a) from answer $$, '{success,data,version,changed,message,timestamp}'::text[], 'the answer has the keys of the source'
);
select is((select a -> 'success' from answer), 'true', 'success');
select bag_eq(
    $$ select jsonb_array_elements_text(a -> 'changed') from answer $$,
    '{couple.partner2.name,wedding.ceremonyVenue.name,wedding.date}'::text[], 'changed lists canonical paths'
);
select is((select a ->> 'message' from answer), '3 fields updated', 'the message counts them');
select is((select a #>> '{data,couple,partner2,name}' from answer), 'Jim', 'data is the new document');
select is((select a #> '{data,metadata,version}' from answer), (select a -> 'version' from answer), 'version is that of the document');
select is(
    (select r -> 'v' from tap.rows('emma', format('select wedsync.get_core_fields(%L) as v', tap.couple('emma'))) as r), (select a -> 'data' from answer),
    'which get_core_fields gives as well'
);
select is(
    (select array_agg(distinct l.reason) from wedsync_data.audit_log as l where l.version_after = (select (a ->> 'version')::integer from answer)
        and l.couple_id = tap.couple('emma')),
    '{"tidying up"}', 'the reason stands in the audit trail'
);
select is(
    (select f.ceremony_venue - 'name' from wedsync_data.core_fields as f where f.couple_id = tap.couple('emma')),
    (select jsonb_object_agg(l.json_key, l.value) from leaves as l where l.column_name = 'ceremony_venue' and l.json_key <> 'name'),
    'keys that a patch does not name stay'
);
select * from finish();
rollback;
