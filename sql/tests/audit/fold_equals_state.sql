-- proves: F000-80, F000-24, F003-02, C-02, C-53
-- Random changes on every road: the fold of the audit is the state at each moment, and as each kind of reader sees it.
begin;
select plan(45);
-- another history each time; the seed that a failure names brings it back
create temporary table seed on commit drop as select (extract(epoch from clock_timestamp())::bigint % 1000000) / 1000000.0 as value;
select setseed(value) from seed;
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('dj', 'emma', '{timeline}');
create temporary table moments (n integer, who text, at timestamptz, document jsonb) on commit drop;

-- document without what history does not hold
create function pg_temp.comparable(document jsonb) returns jsonb language sql immutable as $$
    select jsonb_strip_nulls((document - 'connectedVendors') #- '{metadata,createdAt}') $$;
create function pg_temp.differences(a jsonb, b jsonb, prefix text) returns table (path text, found jsonb) language plpgsql as $$
begin
    if a is not distinct from b then
        return;
    elsif jsonb_typeof(a) = 'object' and jsonb_typeof(b) = 'object' then
        return query select d.*
        from (select jsonb_object_keys(a) union select jsonb_object_keys(b)) as k (key),
            pg_temp.differences(a -> k.key, b -> k.key, prefix || '.' || k.key) as d;
    else
        return query select prefix, jsonb_build_array(a, b);
    end if;
end $$;
create function pg_temp.random_change() returns void language plpgsql as $$
declare
    leaf wedsync_data.field_catalog;
    list text;
    element uuid;
    patch jsonb := '{}';
begin
    case floor(random() * 10)
        when 0 then
            list := (array['key_moments', 'wedding_party', 'family_vips'])[1 + floor(random() * 3)];
            perform wedsync.add_list_element(tap.couple('emma'), list, (
                select jsonb_object_agg(c.json_key, tap.leaf_sample(c, floor(random() * 2)::integer)) from wedsync_data.field_catalog as c
                where c.column_name = list and (c.json_key = 'name' or random() < 0.6)
            ), (select e.id from wedsync_internal.list_elements as e where e.couple_id = tap.couple('emma') and e.list_name = list order by random() limit 1));
        when 1 then
            select e.list_name, e.id into list, element from wedsync_internal.list_elements as e where e.couple_id = tap.couple('emma') order by random()
            limit 1;
            if element is not null then
                perform wedsync.remove_list_element(tap.couple('emma'), list, element);
            end if;
        when 2 then
            select e.list_name, e.id into list, element from wedsync_internal.list_elements as e where e.couple_id = tap.couple('emma') order by random()
            limit 1;
            if element is not null then
                perform wedsync.move_list_element(tap.couple('emma'), list, element);
            end if;
        when 3 then
            update wedsync_data.core_fields set private_notes = md5(random()::text), wedding_style = array[md5(random()::text)]
            where couple_id = tap.couple('emma');
        when 4 then
            select e.list_name, e.id into list, element from wedsync_internal.list_elements as e where e.couple_id = tap.couple('emma') order by random()
            limit 1;
            if element is not null then
                select c.* into leaf from wedsync_data.field_catalog as c where c.column_name = list and tap.is_core(c.table_name) order by random() limit 1;
                perform wedsync.update_core_fields(tap.couple('emma'), jsonb_build_object(
                    regexp_replace(leaf.path, '\.([^.]+)$', '.' || element || '.\1'),
                    case when random() < 0.3 and leaf.json_key <> 'name' then 'null' else tap.leaf_sample(leaf, 1) end
                ));
            end if;
        else
            for leaf in select c.* from wedsync_data.field_catalog as c
                where tap.is_core(c.table_name) and c.storage <> 'element' and c.is_writable and c.path <> 'wedding.guestCount.total'
                order by random() limit 1 + floor(random() * 5) loop
                patch := patch || jsonb_build_object(leaf.path, case
                    when random() < 0.3 and leaf.data_type <> 'time_zone' and leaf.path not like 'couple.partner_.name' then 'null'
                    else tap.leaf_sample(leaf, floor(random() * 2)::integer)
                end);
            end loop;
            perform wedsync.update_core_fields(tap.couple('emma'), patch);
    end case;
end $$;
do $$
declare
    w text;
begin
    for i in 1..120 loop
        perform pg_temp.random_change();
        if i % 15 = 0 then
            for w in select unnest('{emma,paula,fred,chef,dj}'::text[]) loop
                insert into moments values (i, w, clock_timestamp(), tap.call(w, format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb);
            end loop;
        end if;
    end loop;
end $$;
select cmp_ok((select count(*) from wedsync_data.audit_log where couple_id = tap.couple('emma')), '>', 150::bigint, 'much has happened');
select is(
    (select jsonb_object_agg(d.path, d.found) from pg_temp.differences(
        pg_temp.comparable(tap.call(m.who, format('select wedsync.core_fields_as_of(%L, %L)', tap.couple('emma'), m.at))::jsonb),
        pg_temp.comparable(m.document), ''
    ) as d), null, format('seed %s, after %s changes: the fold is what %s saw', (select value from seed), m.n, m.who)
)
from moments as m order by m.n, m.who;
select isnt(pg_temp.comparable(a.document), pg_temp.comparable(b.document), 'control: the state did differ between moments')
from moments as a join moments as b on a.who = 'emma' and b.who = 'emma' and a.n = 15 and b.n = 120;
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
select is(
    (select max(e.seq) - count(*) from wedsync_data.events as e where e.couple_id = tap.couple('emma')), 0::bigint, 'one event per change, without a gap'
);
select is(
    (select count(*)
    from (select l.old_value, lag(l.new_value) over (partition by l.path order by l.id) as previous,
        lag(l.id) over (partition by l.path order by l.id) as earlier
        from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.right_no is not null) as l
    where l.earlier is not null and nullif(l.old_value, 'null') is distinct from nullif(l.previous, 'null')), 0::bigint,
    'every old value is the new value of the change before'
);
select * from finish();
rollback;
