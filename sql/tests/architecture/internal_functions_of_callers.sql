-- proves: C-24, F000-79
-- A function in a view runs with the rights of whoever reads the view, so some helpers must be executable by authenticated. They are listed
-- here one by one, each harmless in the hands of a caller: it answers about the caller, or works only on what it is given.
begin;
select plan(4);
create temporary table allowed (what regprocedure primary key, why text not null);
insert into allowed values
('wedsync_internal.current_user_id()', 'the caller''s own id'),
('wedsync_internal.is_service()', 'whether the caller is a trusted server role'),
('wedsync_internal.caller_couple_ids()', 'the caller''s own weddings'),
('wedsync_internal.caller_supplier_ids()', 'the caller''s own suppliers'),
('wedsync_internal.caller_connected_supplier_ids()', 'suppliers connected to the caller''s own weddings'),
('wedsync_internal.caller_wedding_role(uuid)', 'the caller''s own role'),
('wedsync_internal.vendors_in_force(uuid)', 'works out the caller''s rights by itself'),
('wedsync_internal.log_view_read(uuid,text)', 'logs a read of the caller''s own'),
('wedsync_internal.check_request()', 'refuses what the caller''s own request asks for'),
('wedsync_internal.limit_request()', 'counts a request of the caller''s own'),
('wedsync_internal.changed_field_names(smallint[])', 'names fields, which the catalogue shows to everybody'),
('wedsync_internal.sees_sharing(bit)', 'looks at the mask that it is given'),
('wedsync_internal.sees_change(bit,smallint)', 'looks at the mask that it is given'),
('wedsync_internal.reader()', 'the caller''s own id, or that of server roles'),
('wedsync_internal.reader_of_other_role()', 'the same'),
('wedsync_internal.server_reader()', 'a constant'),
('wedsync_internal.newest_visible(smallint[],boolean[])', 'picks one of the numbers that it is given'),
('wedsync_internal.without_keys(jsonb,text[])', 'takes keys away from the elements that it is given'),
('wedsync_internal.visible_version(integer[],bit)', 'the largest of the numbers that it is given'),
('wedsync_internal.mask_paths(bit)', 'names of fields, which everybody may know');
create temporary view executable as
select p.oid, p.oid::regprocedure::text as what, p.proargtypes, p.proargnames, p.prosrc
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync_data', 'wedsync_internal']::regnamespace[])
    and pg_catalog.has_function_privilege('authenticated', p.oid, 'execute');
create temporary view offenders as
select e.what, 'not on the list' as why from executable as e where e.oid not in (select a.what from allowed as a)
union all
select e.what, 'takes rights as an argument and reads more than the field catalogue'
from executable as e
where (
    'pg_catalog.bit'::regtype = any (e.proargtypes::oid[]) or e.proargnames && '{mask,readable,writable,rights,claims}'::text[]
) and exists (
    select from pg_catalog.regexp_matches(e.prosrc, 'wedsync(?:_data|_internal)?\.(\w+)', 'g') as found (words)
    where found.words[1] not in ('field_catalog', 'sees_sharing')
)
order by 1, 2;

select is_empty('select * from offenders', 'callers may execute the listed helpers only, and none of them trusts rights that it is handed');
select is_empty(
    'select a.what from allowed as a where a.what not in (select e.oid from executable as e)', 'and the list holds nothing that callers cannot execute'
);
create function wedsync_internal.everything_of(couple_id uuid, readable bit) returns setof wedsync_data.core_fields
language sql security definer set search_path = pg_catalog, pg_temp as 'select f.* from wedsync_data.core_fields as f';
grant execute on function wedsync_internal.everything_of(uuid, bit) to authenticated;
select results_eq(
    'select what collate "default" from offenders order by 1',
    array['wedsync_internal.everything_of(uuid,bit)', 'wedsync_internal.everything_of(uuid,bit)'],
    'the rule finds a function that would believe a forged mask, twice over'
);
select throws_ok(
    $$ insert into allowed values ('wedsync_internal.no_such()', 'x') $$, '42883', null, 'and the list cannot name what does not exist'
);
select * from finish();
rollback;
