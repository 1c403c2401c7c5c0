-- proves: F000-96
-- LOCK TABLE is allowed to whoever may update or delete a relation as a whole. Callers may do so only with what DELETE needs it for.
begin;
select plan(5);
create temporary table tried on commit drop as
select c.oid::regclass::text as relation, m.mode,
    tap.error('emma', format('lock table %s in %s mode nowait', c.oid::regclass, m.mode)) ->> 'sqlstate' as refused
from pg_catalog.pg_class as c cross join unnest('{row exclusive,share,exclusive,access exclusive}'::text[]) as m (mode)
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind in ('r', 'p', 'v');
select set_eq(
    $$ select distinct relation from tried where refused is null $$,
    array[
        'wedsync.core_field_mappings', 'wedsync.form_fields', 'wedsync.forms', 'wedsync_data.core_field_mappings', 'wedsync_data.form_fields',
        'wedsync_data.forms'
    ],
    'only forms, of which callers may delete rows, can be locked against others'
);
select is_empty($$ select * from tried where refused <> '42501' $$, 'for all else they lack the right');
select is_empty($$
    select a.attname from pg_catalog.pg_attribute as a
    where a.attrelid = 'wedsync.core_fields'::regclass and a.attnum > 0 and not pg_catalog.has_column_privilege('authenticated', a.attrelid, a.attnum, 'update')
$$, 'every column of core_fields may be named in an UPDATE, and says itself what it refuses');
select ok(not pg_catalog.has_table_privilege('authenticated', 'wedsync.core_fields', 'update'), 'though not the view as a whole');
grant update on wedsync.core_fields to authenticated;
select is(tap.error('emma', 'lock table wedsync.core_fields in access exclusive mode nowait'), null, 'control: with that right it could be locked');
select * from finish();
rollback;
