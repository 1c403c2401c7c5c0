-- proves: F000-54, F002-13, F004-03, C-30, F000-40, F001-02
-- No audience ever hears a leaf that its people may not see: every leaf, every actor, on every channel that carries rows.
begin;
select plan(12);
select tap.matrix();
create temporary table ears on commit drop as
select a.actor, a.person, a.reads, t.topic, tap.join(
    a.person, t.topic, '{"postgres_changes": [{"event": "*", "schema": "public", "table": "core_fields"}]}', connection => a.actor,
    role_name => case when a.db_role = 'wedsync_admin' then 'anon' else a.db_role end
) as joined
from actors as a, (values ('core_fields_' || tap.couple('emma')), ('wedding:' || tap.couple('emma')), ('core-fields')) as t (topic);
select is_empty(
    'select e.actor, e.topic, e.joined from ears as e where (e.joined ->> ''ok'')::boolean is distinct from (e.reads <> ''nothing'') and e.topic <> '
    '''core-fields'' and e.actor <> ''administrator''',
    'only who may see something may listen'
);
create temporary table frames (generation integer, actor text, topic text, kind text, payload jsonb) on commit drop;
create function pg_temp.collect(generation integer) returns void language sql
as $$
    insert into frames
    select generation, e.actor, e.topic, f.kind, f.payload::jsonb
    from wedsync_internal.next_frames(tap.node(), tap.start()) as f join ears as e on e.joined -> 'group_id' = to_jsonb(f.group_id);
    select tap.forget();
$$;
select tap.forget();
-- one leaf after the other, and then all at once
do $$
declare
    one record;
begin
    for one in select * from leaves as l where l.storage <> 'element' order by l.right_no loop
        perform tap.call(null, format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), case
            when one.path = 'wedding.guestCount.total' then '{"wedding.guestCount.adults": 45000}'::jsonb else jsonb_build_object(one.path, one.other)
        end), 'service_role');
        perform pg_temp.collect(1);
    end loop;
    for one in select e.column_name, e.id, l.path, l.json_key, l.other from leaves as l join elements as e on e.column_name = l.column_name
    order by l.right_no loop
        perform tap.patch('emma', 'emma', jsonb_build_object(one.column_name || '.' || one.id || '.' || one.json_key, one.other));
        perform pg_temp.collect(1);
    end loop;
    perform tap.call(null, format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), (
        select jsonb_object_agg(l.path, l.value) from leaves as l where l.storage <> 'element' and l.path <> 'wedding.guestCount.total'
    )), 'service_role');
    perform pg_temp.collect(2);
end
$$;
select cmp_ok((select count(*) from frames), '>', 2000::bigint, 'control: much was heard');
-- without ids and times, whose digits may look like anything
create function pg_temp.plain(text text) returns text language sql
as $$ select regexp_replace(text, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[0-9.+:Z]+|"ids": \[[0-9, ]*\]', '', 'g') $$;
-- every value a leaf ever had, written as it stands in a frame
create temporary view traces as
select l.right_no, l.path, l.leaf, t.value as trace
from leaves as l, lateral (values (l.value), (l.other)) as v (v), lateral (
    select case jsonb_typeof(v.v) when 'array' then v.v ->> 0 else v.v #>> '{}' end as value
) as t
where jsonb_typeof(v.v) <> 'boolean' and l.path <> 'wedding.guestCount.total';
select is_empty($$
    select f.actor, f.topic, f.kind, t.path, t.trace
    from (select distinct f.actor, f.topic, f.kind, pg_temp.plain(f.payload::text) as text, a.reads from frames as f join actors as a on a.actor = f.actor) as f
    join traces as t on not tap.may(f.reads, t.leaf) and f.text like '%' || t.trace || '%'
    limit 20
$$, 'no hidden value in any frame');
select is_empty($$
    select f.actor, f.topic, c.path
    from frames as f join actors as a on a.actor = f.actor, jsonb_array_elements_text(f.payload #> '{payload,metadata,changed}') as c (path)
    join leaves as l on l.path = regexp_replace(c.path, '\.?[0-9a-f]{8}-[0-9a-f-]{27}', '') where f.kind = 'broadcast' and not tap.may(a.reads, l.leaf)
$$, 'nor the name of a hidden field that changed');
select is_empty($$
    select e.actor, e.topic, l.path from ears as e join leaves as l on tap.may(e.reads, l.leaf)
    where e.joined -> 'ok' = 'true' and l.storage <> 'element' and not exists (
        select from frames as f
        where f.actor = e.actor and f.topic = e.topic and f.generation = 1 and f.kind = 'broadcast' and f.payload #> '{payload,metadata,changed}' ? l.path
    )
$$, 'control: every visible leaf is heard by everybody who may');
select is_empty($$
    select distinct a.actor, k.key from frames as f join actors as a on a.actor = f.actor, jsonb_each(f.payload #> '{data,record}') as k
    where f.kind = 'postgres_changes' and k.value <> 'null' and exists (select from leaves as l where l.column_name = k.key)
        and not exists (select from leaves as l where l.column_name = k.key and tap.may(a.reads, l.leaf))
$$, 'hidden columns of rows are null');
select is_empty($$
    select distinct a.actor, r.side, l.path
    from frames as f join actors as a on a.actor = f.actor, (values ('record'), ('old_record')) as r (side), leaves as l
    where f.kind = 'postgres_changes' and l.storage = 'json' and not tap.may(a.reads, l.leaf) and f.payload #> array['data', r.side, l.column_name] ? l.json_key
$$, 'hidden keys of json columns are not there');
select is_empty($$
    select distinct a.actor, r.side, l.path
    from frames as f join actors as a on a.actor = f.actor, (values ('record'), ('old_record')) as r (side), leaves as l,
        jsonb_array_elements(
            case
                jsonb_typeof(f.payload #> array['data', r.side, l.column_name]) when 'array' then f.payload #> array['data', r.side, l.column_name] else '[]'
            end
        ) as e (v)
    where f.kind = 'postgres_changes' and l.storage = 'element' and not tap.may(a.reads, l.leaf) and e.v ? l.json_key
$$, 'nor are hidden keys of the elements of lists');
select is_empty(
    'select f.actor from frames as f join actors as a on a.actor = f.actor where a.reads = ''nothing''', 'who may see nothing hears nothing'
);
-- what is missed later is limited in the same way
create temporary view missed as
select e.actor, e.reads, e.topic, m.kind, m.payload from ears as e,
    lateral wedsync_internal.missed_frames((e.joined ->> 'subscription_id')::bigint, '3:3:') as m where e.joined -> 'ok' = 'true';
select is_empty($$
    select m.actor, m.topic, t.path from (select distinct m.actor, m.topic, m.reads, pg_temp.plain(m.payload) as payload from missed as m) as m
    join traces as t on not tap.may(m.reads, t.leaf) and m.payload like '%' || t.trace || '%' limit 20
$$, 'no hidden value in what was missed');
select cmp_ok((select count(*) from missed), '>=', (select count(*) from frames), 'control: all of it was looked at');
select is_empty($$
    select a.actor, t.path from actors as a,
        lateral tap.rows(a.person, format('select * from wedsync.event_history(%L, 0, 5000)', tap.couple('emma')), a.db_role) as h,
        traces as t
    where a.reads <> 'nothing' and not tap.may(a.reads, t.leaf) and pg_temp.plain(h::text) like '%' || t.trace || '%' limit 20
$$, 'nor in the history');
select * from finish();
rollback;
