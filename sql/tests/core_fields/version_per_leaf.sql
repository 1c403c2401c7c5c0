-- proves: F000-18, F000-30, C-07
-- Every change raises the version by one and marks exactly the leaves that changed.
begin;
select plan(9);
select tap.wedding('emma');
create function pg_temp.versions() returns integer[] language sql stable
as $$ select k.right_versions from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma') $$;
create temporary table before on commit drop as select pg_temp.versions() as v, (tap.state('emma') #>> '{clock,version}')::integer as version;
select is((select version from before), 1, 'a record begins with version 1');
select is(
    (tap.patch('emma', 'emma', '{"wedding_style": ["a"], "budget.total": 5, "ceremony_venue": {"name": "Barn"}}') ->> 'version')::integer, 2,
    'one patch, one version'
);
select set_eq(
    $$ select c.path from before as b, wedsync_data.field_catalog as c where b.v[c.right_no + 1] <> (pg_temp.versions())[c.right_no + 1] $$,
    '{wedding.style,budget.total,wedding.ceremonyVenue.name}'::text[], 'exactly the changed leaves are marked'
);
select set_eq(
    $$ select distinct (pg_temp.versions())[c.right_no + 1] from wedsync_data.field_catalog as c
    where c.path in ('wedding.style', 'budget.total', 'wedding.ceremonyVenue.name') $$, '{2}'::integer[], 'with the new version'
);
select is((tap.state('emma') #>> '{row,version_number}')::integer, 2, 'version_number of the row is that of the record');
select tap.call('emma', format($$ select wedsync.add_list_element(%L, 'key_moments', '{"name": "Cake"}') $$, tap.couple('emma')));
select is((tap.state('emma') #>> '{clock,version}')::integer, 3, 'a list element raises the version of the record');
select is(tap.call('emma', 'select version_number from wedsync.core_fields')::integer, 3, 'which the view shows');
select tap.supplier('chef', 'emma', '{basic}');
select is((tap.state('emma') #>> '{clock,version}')::integer, 3, 'a change of access does not');
select is(
    (select array_agg(distinct l.pair order by l.pair) from (
        select (l.version_before, l.version_after)::text as pair from wedsync_data.audit_log as l
        where l.couple_id = tap.couple('emma') and l.right_no is not null
    ) as l),
    '{"(0,1)","(1,2)","(2,3)"}', 'every audit row tells the version before and after'
);
select * from finish();
rollback;
