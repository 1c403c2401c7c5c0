-- proves: F000-24, F000-29, F003-61, C-02, C-08
-- Records and list elements that are made, deleted or truncated leave one audit row per leaf and an event.
begin;
select plan(14);
select tap.matrix();
create function pg_temp.rows(kind text) returns setof text language sql stable
as $$
    select regexp_replace(l.path, '/[0-9a-f-]{36}/', '.') from wedsync_data.audit_log as l
    where l.couple_id = tap.couple('emma') and l.change_type = kind and l.right_no is not null
$$;

select bag_hasnt(
    $$ select l.path from leaves as l where l.storage = 'element' except select pg_temp.rows('create') $$, $$ select path from leaves $$,
    'making an element touches all its leaves'
);
select set_has(
    $$ select pg_temp.rows('create') $$, $$ values ('couple.partner1.name'), ('wedding.date'), ('wedding.timeZone') $$,
    'making the record leaves a row per leaf given'
);

create temporary table moments on commit drop as select id from elements where column_name = 'key_moments';
select tap.call('emma', format('select wedsync.remove_list_element(%L, ''key_moments'', %L, ''not wanted'')', tap.couple('emma'), id)) from moments;
select bag_eq(
    $$ select pg_temp.rows('delete') $$,
    $$ select l.path from leaves as l where l.column_name = 'key_moments' union all select 'timeline.keyMoments.order_key' $$,
    'removing one leaves a row per leaf and one for its place'
);
select is_empty(
    $$ select l.path from leaves as l where l.column_name = 'key_moments' and not exists (
        select from wedsync_data.audit_log as a
        where a.right_no = l.right_no and a.change_type = 'delete' and a.old_value = l.value and a.new_value is null and a.reason = 'not wanted'
    ) $$, 'with the old value'
);
select is(
    tap.run(null, format('delete from wedsync_data.core_fields where couple_id = %L', tap.couple('emma')), 'wedsync_admin'), 1::bigint,
    'an administrator deletes the record'
);
select set_has($$ select pg_temp.rows('delete') $$, $$ select path from leaves where storage <> 'element' $$, 'a row per leaf of the record');
select is(
    (
        select (e.op, e.table_name, e.record ->> 'private_notes')::text from wedsync_data.events as e where e.couple_id = tap.couple('emma') order by e.seq desc
        limit 1
    ),
    '(DELETE,core_fields,leaf49text0)', 'and an event that holds what was there'
);
select is(tap.error('emma', format('select wedsync.get_core_fields(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404', 'the record is gone');
select isnt(tap.call('emma', format('select wedsync.ensure_core_fields(%L)', tap.couple('emma'))), null, 'and can be made anew');
select tap.patch('emma', 'emma', '{"partner1_name": "Emma", "budget.total": 12}');
truncate wedsync_data.core_fields cascade;
select set_has(
    $$ select pg_temp.rows('truncate') $$, $$ values ('couple.partner1.name'), ('budget.total'), ('wedding.timeZone') $$, 'TRUNCATE leaves a row per leaf'
);
select is(
    (select count(distinct e.couple_id) from wedsync_data.events as e where e.op = 'TRUNCATE'), (select count(*) from wedsync_data.weddings),
    'and an event per wedding'
);
truncate wedsync_data.wedding_party, wedsync_data.family_vips;
select set_has(
    $$ select pg_temp.rows('delete') $$, $$ select path from leaves where column_name in ('wedding_party', 'family_vips') $$,
    'TRUNCATE of a list leaves a row per leaf of each element'
);
select is(
    (tap.call(null, format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')), 'service_role')::jsonb) -> 'valid', 'true',
    'the chain holds through all of it'
);

-- the history of a wedding that is deleted outright
create temporary table gone on commit drop as select tap.couple('emma') as id, count(*) as n from wedsync_data.audit_log where couple_id = tap.couple('emma');
delete from wedsync_data.weddings where id = (select id from gone);
select cmp_ok(
    (select count(*) from wedsync_data.audit_log as l where l.couple_id = (select id from gone)), '>=', (select n from gone), 'history outlives the wedding'
);
select * from finish();
rollback;
