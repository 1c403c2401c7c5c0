-- proves: F001-20
-- base_version is held against what the caller can have read. Held against the record's version, it told a supplier by
-- trial how often, and when, the couple changed its budget.
begin;
select plan(6);
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
grant select on made to public;
select tap.become('baker');
create temporary table shop on commit drop as select wedsync.register_supplier('Cakes', 'baker') as id;
grant select on shop to public;
select tap.become('emma');
select wedsync.grant_access(m.couple, s.id, '{basic}', '{guest_numbers}') from made as m, shop as s;
select wedsync.update_core_fields(m.couple, '{"budget.total": 1}') from made as m;
select wedsync.update_core_fields(m.couple, '{"budget.total": 2}') from made as m;
select is(tap.call('baker', 'select version_number::text from wedsync.core_fields'), '1', 'the supplier sees version 1');
select is(
    tap.error('baker', format($$ select wedsync.update_core_fields(%L, '{}', %s) $$, m.couple, v.version)) ->> 'sqlstate',
    '22023', 'a later version was never read, whether it exists or not: ' || v.version
) from made as m, (values (3), (4)) as v (version);
select is(
    tap.call('emma', format($$ select wedsync.update_core_fields(%L, '{}', 3) ->> 'message' $$, m.couple)), 'Nothing changed', 'the couple has read it'
) from made as m;

-- a conflict names the version that the supplier sees, not that of what happened to hidden fields since
select tap.call('emma', format($$ select wedsync.update_core_fields(%L, '{"guest_count": {"adults": 50}}') $$, m.couple)) from made as m;
select tap.call('emma', format($$ select wedsync.update_core_fields(%L, '{"budget.total": 3}') $$, m.couple)) from made as m;
create temporary table conflict on commit drop as
select tap.error('baker', format($$ select wedsync.update_core_fields(%L, '{"guest_count": {"adults": 60}}', 1) $$, m.couple)) as e from made as m;
select is(e ->> 'sqlstate', 'PT409', 'a conflict') from conflict;
select is(
    e #>> '{detail,current_version}', tap.call('baker', 'select version_number::text from wedsync.core_fields'), 'tells the version that the supplier can see'
) from conflict;
select * from finish();
rollback;
