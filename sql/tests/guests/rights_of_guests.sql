-- proves: F004-16, F000-40, F003-18, F001-21
-- Each record about guests, for each kind of reader: exactly the columns that the rights cover, and no row without one.
begin;
select plan(34);
select tap.guest_list('emma');
select tap.guest_list('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('cook', 'emma', '{guests.dietaryCounts,events}'), tap.supplier('venue', 'emma', '{guests.names,guests.accessibility,seating}',
    '{seating}', 'venue'),
    tap.supplier('all', 'emma', '{everything}', '{everything}', 'planner'), tap.supplier('other', 'olivia', '{full}', '{full}');
create temporary table actors (person text, reads text[], writes text[], db_role text default 'authenticated') on commit drop;
insert into actors (person, reads, writes) values
('emma', '{everything}', '{everything}'), ('paula', '{full}', '{full}'), ('fred', '{basic}', '{}'), ('frank', '{}', '{}'),
('cook', '{guests.dietaryCounts,events}', '{}'), ('venue', '{guests.names,guests.accessibility,seating}', '{seating}'), ('all', '{full}', '{full}'),
    ('other', '{}', '{}'),
('stranger', '{}', '{}'), ('olivia', '{}', '{}');
insert into actors values (null, '{everything}', '{everything}', 'service_role');
-- what a name covers, from group, level and path of the catalogue
create function pg_temp.covers(names text[], field wedsync_data.field_catalog) returns boolean language sql as $$
    select coalesce(bool_or(
        n.name = 'everything' or n.name = 'full' and (field).access_level is not null or n.name = 'standard' and (field).access_level in ('basic', 'standard')
        or n.name = 'basic' and (field).access_level = 'basic' or n.name = (field).field_group or (field).path = n.name or (field).path like n.name || '.%'
    ), false) from unnest(names) as n (name) $$;
create temporary table records on commit drop as
select r.record_name, (select jsonb_agg(to_jsonb(x)) from (select 1) as x) as nothing from wedsync_data.record_catalog as r where r.event_type = 'guest_update';
create function pg_temp.faults(who text, reads text[], db_role text) returns setof text language plpgsql as $$
declare
    record text;
    expected jsonb;
    found jsonb;
begin
    for record in select r.record_name from records as r order by 1 loop
        execute format($q$
            select coalesce(jsonb_object_agg(t.id, (
                select jsonb_object_agg(f.column_name, case when pg_temp.covers(%L, f) then to_jsonb(t) -> f.column_name else 'null' end)
                from wedsync_data.field_catalog as f where f.table_name = %L
            )), '{}') from wedsync_data.%I as t
            where t.couple_id = tap.couple('emma') and exists (select from wedsync_data.field_catalog as f where f.table_name = %2$L and pg_temp.covers(%1$L,
                f))
        $q$, reads, record, record) into expected;
        select coalesce(jsonb_object_agg(v.row ->> 'id',
            v.row - '{couple_id,id,version_number,last_updated_by,created_at,updated_at,withheld_fields}'::text[]), '{}')
        into found from tap.rows(who, format('select * from wedsync.%I where couple_id = tap.couple(''emma'')', record), db_role) as v (row);
        if found is distinct from expected then
            return next record;
        end if;
    end loop;
end $$;
select is_empty(format('select pg_temp.faults(%L, %L, %L)', a.person, a.reads, a.db_role), 'reads what is due: ' || coalesce(a.person, a.db_role))
    from actors as a;
select is(
    (select array_agg(r.record_name order by r.record_name) from records as r),
    '{guest_allergens,guest_notes,guests,guests_apart,households,meal_options,rsvps,seating_tables,seats,wedding_events}', 'control: the records'
);
select is(tap.error(null, format('select * from wedsync.%I', r.record_name), 'anon') ->> 'sqlstate', '42501', 'nobody without a login: ' || r.record_name)
    from records as r;
-- a name is written by those whose rights cover it
select is(
    tap.outcome(a.person, format('update wedsync.guests set first_name = ''Zoe'' where couple_id = %L and id = %L', tap.couple('emma'), tap.id('emma Ann')),
        a.db_role,
        format('select first_name from wedsync_data.guests where couple_id = %L and id = %L', tap.couple('emma'), tap.id('emma Ann'))),
    case when a.writes && '{everything,full}' then 'Zoe' when a.reads && '{everything,full,guests.names}' then '42501' else 'Ann' end,
    'writes a name: ' || coalesce(a.person, a.db_role)
) from actors as a;
select is(
    tap.error('paula', format('select wedsync.delete_guests(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('emma Bob'))), null,
        'a planner deletes a guest, private notes or not'
);
select * from finish();
rollback;
