-- The matrix of actors and leaves. What is expected comes from level, group and class of the catalogue, never from a mask.

-- Whether a record is shown in the document of a wedding. Records of rows have tests of their own.
create function tap.is_core(record_name text)
returns boolean
language sql
stable
security definer
as $$ select r.shape in ('document', 'list') from wedsync_data.record_catalog as r where r.record_name = $1 $$;

-- A value by which a leaf can be recognised wherever it turns up. generation 0 is stored, 1 is written over it.
create function tap.leaf_sample(leaf wedsync_data.field_catalog, generation integer default 0)
returns jsonb
language sql
stable
as $$
    select case leaf.data_type
        when 'text' then to_jsonb(format('leaf%stext%s', leaf.right_no, generation))
        when 'email' then to_jsonb(format('leaf%s@example%s.org', leaf.right_no, generation))
        when 'phone' then to_jsonb(format('+44 7700 9%s%s', generation, lpad(leaf.right_no::text, 4, '0')))
        when 'date' then to_jsonb(current_date + 400 + leaf.right_no + 200 * generation)
        when 'time' then to_jsonb(make_time(4 + leaf.right_no / 60 + 10 * generation, leaf.right_no % 60, 7))
        when 'time_zone' then to_jsonb(case generation when 0 then 'Pacific/Chatham' else 'Asia/Kathmandu' end)
        -- two parts of the guest numbers and their sum
        when 'integer' then case
            when leaf.path = 'wedding.guestCount.total' then '82049' else to_jsonb(41000 + leaf.right_no + 500 * generation)
        end
        when 'money' then to_jsonb(1000 * leaf.right_no + generation + 0.47)
        when 'currency' then to_jsonb(case generation when 0 then 'XTS' else 'XXX' end)
        when 'boolean' then to_jsonb((generation + leaf.right_no) % 2 = 0)
        when 'color_set' then jsonb_build_array(format('#%s0ff%s', case generation when 0 then 'c' else 'd' end, lpad(to_hex(leaf.right_no::integer), 2, '0')))
        else jsonb_build_array(format('leaf%stext%s', leaf.right_no, generation))
    end
$$;

-- Whether a value stands in a text. Numbers and times must stand alone: ids and timestamps have digits, too. True and false are everywhere.
create function tap.shows(said text, value jsonb)
returns boolean
language sql
immutable
as $$
    select case jsonb_typeof(value)
        when 'boolean' then false
        when 'number' then said ~ format('(^|[^0-9a-f.-])%s($|[^0-9a-f.-])', replace(value::text, '.', '\.'))
        when 'array' then strpos(said, value ->> 0) > 0
        else case
            when value #>> '{}' ~ '^\d\d:' then said ~ ('(^|[",(])' || (value #>> '{}'))
            else strpos(said, value #>> '{}') > 0
        end
    end
$$;

create function tap.may(rule text, leaf wedsync_data.field_catalog)
returns boolean
language sql
immutable
as $$
    select case
        when rule = 'everything' then true
        when rule = 'nothing' then false
        when leaf.sensitivity_class in ('budget', 'couple_private') then false
        when rule = 'all shared' then true
        when rule = 'basic' then leaf.access_level = 'basic'
        when rule = 'standard' then leaf.access_level in ('basic', 'standard')
        when rule = 'full' then leaf.access_level in ('basic', 'standard', 'full')
        when rule = 'friend' then leaf.field_group = 'wedding_basics' or leaf.path in ('timeline.ceremonyTime', 'timeline.receptionTime')
        when rule like 'group %' then leaf.field_group = substr(rule, 7)
    end
$$;

-- The functions below use temporary tables that a test makes first.
set check_function_bodies = off;

-- Makes temporary tables actors, leaves (with the value stored) and elements, and the wedding of emma with all of them.
create function tap.matrix()
returns void
language plpgsql
as $$
declare
    couple uuid := tap.wedding('emma');
    actor record;
    firm uuid;
    list record;
begin
    create temporary table leaves on commit drop as
    select c.right_no, c.path, c.column_name, c.json_key, c.storage, c.is_writable, c as leaf, tap.leaf_sample(c) as value, tap.leaf_sample(c, 1) as other
    from wedsync_data.field_catalog as c where tap.is_core(c.table_name);

    create temporary table actors (
        actor text primary key, person text, db_role text not null default 'authenticated', reads text not null, writes text not null,
        is_supplier boolean not null default false, form_of text not null default 's everything'
    ) on commit drop;
    insert into actors (actor, person, db_role, reads, writes) values
    ('anonymous', null, 'anon', 'nothing', 'nothing'),
    ('signed in without claims', null, 'authenticated', 'nothing', 'nothing'),
    ('stranger', 'stranger', 'authenticated', 'nothing', 'nothing'),
    ('partner', 'emma', 'authenticated', 'everything', 'everything'),
    ('second partner', 'james', 'authenticated', 'everything', 'everything'),
    ('planner', 'paula', 'authenticated', 'full', 'full'),
    ('family', 'fred', 'authenticated', 'basic', 'nothing'),
    ('friend', 'frank', 'authenticated', 'friend', 'nothing'),
    ('partner of another couple', 'olivia', 'authenticated', 'nothing', 'nothing'),
    ('former planner', 'former planner', 'authenticated', 'nothing', 'nothing'),
    ('service', null, 'service_role', 'everything', 'everything'),
    ('service for a person', 'emma', 'service_role', 'everything', 'everything'),
    ('administrator', null, 'wedsync_admin', 'everything', 'everything');
    -- suppliers: the name of the actor is that of the owner
    insert into actors (actor, person, reads, writes, is_supplier, form_of)
    select a.actor, a.actor, a.reads, a.writes, true, a.actor
    from (
        values ('s basic', 'basic', 'nothing'), ('s standard', 'standard', 'nothing'), ('s full', 'full', 'nothing'),
        ('s everything', 'all shared', 'all shared'), ('s reads full, writes basic', 'full', 'basic'),
        ('s revoked', 'nothing', 'nothing'), ('s rejected', 'nothing', 'nothing'), ('s pending', 'nothing', 'nothing'),
        ('s of another couple', 'nothing', 'nothing'), ('s expired', 'nothing', 'nothing'), ('s not yet', 'nothing', 'nothing'),
        ('s forced budget', 'nothing', 'nothing'), ('s posing as member', 'nothing', 'nothing')
    ) as a (actor, reads, writes)
    union all
    select 's group ' || g.field_group, 's group ' || g.field_group, 'group ' || g.field_group, 'nothing', true, 's group ' || g.field_group
    from (select distinct (l.leaf).field_group from leaves as l where (l.leaf).access_level is not null) as g
    union all
    select 's writes ' || g.field_group, 's writes ' || g.field_group, 'group ' || g.field_group, 'group ' || g.field_group, true, 's writes ' || g.field_group
    from (select distinct (l.leaf).field_group from leaves as l where (l.leaf).access_level is not null) as g;
    insert into actors (actor, person, reads, writes, is_supplier, form_of) values
    ('staff', 'staff', 'full', 'basic', true, 's reads full, writes basic'),
    ('former staff', 'former staff', 'nothing', 'nothing', true, 's reads full, writes basic');

    -- every leaf gets its value
    create temporary table elements on commit drop as
    select
        l.column_name,
        tap.call('emma', format(
            'select wedsync.add_list_element(%L, %L, %L) ->> ''id''', couple, l.column_name, jsonb_object_agg(l.json_key, l.value)
        ))::uuid as id
    from leaves as l where l.storage = 'element' group by l.column_name;
    perform tap.patch('emma', 'emma', (select jsonb_object_agg(l.path, l.value) from leaves as l where l.storage <> 'element' and l.is_writable));
    perform tap.call(null, format(
        'select wedsync.update_core_fields(%L, %L)', couple,
        (select jsonb_object_agg(l.path, l.value) from leaves as l where not l.is_writable)
    ), 'service_role');

    perform tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', couple, tap.id(m.name), m.role), 'service_role')
    from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend'), ('former planner', 'planner')) as m (name, role);
    perform tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', couple, tap.id('former planner')));
    perform tap.wedding('olivia');

    for actor in select a.* from actors as a where a.actor like 's %' loop
        firm := tap.supplier(actor.person);
        insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('form ' || actor.actor), firm, actor.actor);
        case
            when actor.actor in ('s rejected', 's pending') then
                perform tap.call(actor.person, format('select wedsync.request_access(%L, %L, %L, %L)', couple, firm, '{full}', '{full}'));
            when actor.actor = 's of another couple' then
                perform tap.call('olivia', format('select wedsync.grant_access(%L, %L, %L, %L)', tap.couple('olivia'), firm, '{full}', '{full}'));
            when actor.actor in ('s revoked', 's expired', 's not yet') then
                perform tap.call('emma', format('select wedsync.grant_access(%L, %L, %L, %L)', couple, firm, '{full}', '{full}'));
            when actor.actor in ('s forced budget', 's posing as member') then
                -- as somebody would who may write the table itself
                insert into wedsync_data.connections (couple_id, supplier_id) values (couple, firm);
                insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
                select
                    couple, case actor.actor when 's forced budget' then 'supplier' else 'member' end, firm, n.name, true, true, 'approved',
                    repeat('1', 128)::bit(128), repeat('1', 128)::bit(128)
                from (values ('budget'), ('private'), ('sharing'), ('private.notes'), ('budget_total'), ('class:budget'), ('no such name')) as n (name);
            else
                perform tap.call('emma', format(
                    'select wedsync.grant_access(%L, %L, %L, %L)', couple, firm,
                    array[case when actor.reads = 'all shared' then 'everything' else replace(actor.reads, 'group ', '') end],
                    case
                        when actor.writes = 'nothing' then '{}'
                        else array[case when actor.writes = 'all shared' then 'everything' else replace(actor.writes, 'group ', '') end]
                    end
                ));
        end case;
    end loop;
    perform tap.call('emma', format('select wedsync.revoke_access(%L, %L)', couple, tap.firm('s revoked')));
    perform tap.call('emma', format('select wedsync.reject_access(%L, %L)', couple, tap.firm('s rejected')));
    update wedsync_data.grants set valid_from = now() - interval '2 days', valid_until = now() - interval '1 day' where grantee_id = tap.firm('s expired');
    update wedsync_data.grants set valid_from = now() + interval '1 day' where grantee_id = tap.firm('s not yet');
    perform tap.call(
        's reads full, writes basic', format('select wedsync.add_supplier_member(%L, %L)', tap.firm('s reads full, writes basic'), tap.id(s.name)),
        'service_role'
    )
    from (values ('staff'), ('former staff')) as s (name);
    perform tap.call('s reads full, writes basic', format(
        'select wedsync.remove_supplier_member(%L, %L)', tap.firm('s reads full, writes basic'), tap.id('former staff')
    ));

    -- every leaf is mapped on every form
    insert into wedsync_data.form_fields (form_id, name)
    select tap.id('form ' || a.actor), 'leaf ' || l.right_no from actors as a cross join leaves as l where a.actor like 's %';
    insert into wedsync_data.core_field_mappings (form_id, form_field_name, core_field_path)
    select f.form_id, f.name, l.path from wedsync_data.form_fields as f join leaves as l on f.name = 'leaf ' || l.right_no
    where f.form_id in (select tap.id('form ' || a.actor) from actors as a);
end
$$;

-- What an actor gets of each leaf on each road; a leaf that does not show is left out. text is all that the road gave.
create function tap.roads(wanted text)
returns table (road text, path text, value jsonb)
language plpgsql
as $$
#variable_conflict use_column
declare
    a record;
    couple constant uuid := tap.couple('emma');
    answer jsonb;
begin
    select x.* into a from actors as x where x.actor = wanted;
    for road in select unnest(array['view', 'document', 'audit view', 'audit trail', 'as of', 'form']) loop
        begin
            perform tap.become(a.person, a.db_role);
            case road
                when 'view' then
                    select to_jsonb(f) into answer from wedsync.core_fields as f where f.couple_id = couple;
                when 'document' then
                    answer := wedsync.get_core_fields(couple);
                when 'audit view' then
                    select jsonb_agg(l) into answer from wedsync.core_fields_audit as l where l.couple_id = couple;
                when 'audit trail' then
                    select jsonb_agg(to_jsonb(l) || jsonb_build_object('changed_field', l.field)) into answer from wedsync.get_audit_trail(couple, 500) as l;
                when 'as of' then
                    answer := wedsync.core_fields_as_of(couple, clock_timestamp());
                when 'form' then
                    answer := wedsync.populate_form(tap.id('form ' || a.form_of), couple) -> 'data';
            end case;
            perform tap.back();
        exception
            -- refused: nothing was shown. Which error that is, other tests say.
            when insufficient_privilege or sqlstate 'PT404' then
                answer := null;
        end;
        path := null;
        value := answer;
        return next;
        if road in ('audit view', 'audit trail') then
            return query
            select road, l.path, h.v -> 'new_value'
            from jsonb_array_elements(answer) as h (v)
            join leaves as l on l.path = regexp_replace(h.v ->> 'changed_field', '/[0-9a-f-]{36}/', '.')
            where h.v -> 'new_value' = l.value;
        elsif road = 'form' then
            return query
            select road, l.path, case when l.storage = 'element' then d.value -> 0 else d.value end
            from jsonb_each(answer) as d join leaves as l on d.key = 'leaf ' || l.right_no;
        elsif road = 'view' then
            return query
            select road, l.path, v.value
            from leaves as l
            cross join lateral (select case l.storage
                when 'column' then answer -> l.column_name
                when 'json' then answer -> l.column_name -> l.json_key
                else answer -> l.column_name -> 0 -> l.json_key
            end) as v (value)
            where v.value <> 'null';
        else
            return query
            select road, l.path, v.value
            from leaves as l
            cross join lateral (select case l.storage
                when 'element' then answer #> (regexp_replace(string_to_array(l.path, '.')::text, ',([^,]+)}$', ',0,\1}'))::text[]
                else answer #> string_to_array(l.path, '.')
            end) as v (value)
            where v.value <> 'null';
        end if;
    end loop;
end
$$;

-- Where reading differs from what is expected: a leaf missing, hidden but shown, or its value anywhere in the text of a road.
create function tap.read_faults(wanted text)
returns table (road text, path text, fault text)
language sql
as $$
    with seen as materialized (select * from tap.roads(wanted)),
    a as materialized (select * from actors where actor = wanted),
    expected as materialized (
        select r.road, l.path, l.value,
            tap.may(a.reads, l.leaf) and case
                when r.road <> 'form' or a.is_supplier then true
                else tap.may('all shared', l.leaf)
            end as visible
        from leaves as l cross join a
        cross join (values ('view'), ('document'), ('audit view'), ('audit trail'), ('as of'), ('form')) as r (road)
    )
    select e.road, e.path, case when e.visible then 'missing' else 'shown' end
    from expected as e
    left join lateral (select s.value from seen as s where s.road = e.road and s.path = e.path limit 1) as s on true
    where (e.visible and s.value is distinct from e.value) or (not e.visible and s.value is not null)
    union all
    select e.road, e.path, 'in the text'
    from expected as e
    join seen as s on s.road = e.road and s.path is null
    where not e.visible and tap.shows(s.value::text, e.value)
$$;

-- A statement that writes one leaf.
create function tap.write_statement(road text, leaf wedsync_data.field_catalog, value jsonb)
returns text
language sql
stable
as $$
    select case
        when road = 'function' then format(
            'select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object(
                case when leaf.storage = 'element' then regexp_replace(leaf.path, '\.([^.]+)$', format('.%s.\1', e.id)) else leaf.path end, value
            )
        )
        else format(
            'update wedsync.core_fields set %1$I = %2$s where couple_id = %3$L', leaf.column_name,
            case leaf.storage
                when 'json' then format('coalesce(%I, ''{}'') || %L', leaf.column_name, jsonb_build_object(leaf.json_key, value))
                when 'element' then format(
                    'coalesce(jsonb_set(%I, array[''0'', %L], %L), %L)', leaf.column_name, leaf.json_key, value,
                    jsonb_build_array(jsonb_build_object('id', e.id, leaf.json_key, value))
                )
                else
                    case
                        when jsonb_typeof(value) = 'array' then quote_literal(array(select jsonb_array_elements_text(value))::text)
                        else quote_literal(value #>> '{}')
                    end
            end, tap.couple('emma')
        )
    end
    from (select 1) as one left join elements as e on e.column_name = leaf.column_name
$$;

-- Where writing differs from what is expected.
create function tap.write_faults(wanted text, wanted_road text)
returns table (path text, fault text)
language sql
as $$
    select l.path, case when m.may then 'not written: ' else 'written: ' end || o.outcome
    from leaves as l
    cross join (select * from actors where actor = wanted) as a
    -- trusted server roles store what is derived from replies
    cross join lateral (select tap.may(a.writes, l.leaf) and (l.is_writable or a.db_role in ('service_role', 'wedsync_admin')) as may) as m
    cross join lateral tap.outcome(
        a.person, tap.write_statement(wanted_road, l.leaf, l.other), a.db_role,
        format(
            'select case when %s = %L then ''stored'' else ''unchanged'' end',
            case when l.storage = 'element'
                then format('(select to_jsonb(e) -> %L from wedsync_data.%I as e where e.couple_id = %L)', l.json_key, l.column_name, tap.couple('emma'))
                else format(
                    '(select wedsync_internal.core_fields_value(f, %s::smallint) from wedsync_data.core_fields as f where f.couple_id = %L)', l.right_no,
                    tap.couple('emma')
                )
            end, l.other
        )
    ) as o (outcome)
    where l.path <> 'wedding.guestCount.total' and l.other <> l.value
        and (m.may and o.outcome <> 'stored' or not m.may and o.outcome not in ('42501', 'PT404', 'unchanged'))
$$;

reset check_function_bodies;

-- People call these in their own queries.
grant execute on all functions in schema tap to public;
