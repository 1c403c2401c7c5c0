-- proves: F001-20
-- The words for a change of the budget do not reach a supplier by way of the guest numbers changed with it.
begin;
select plan(4);
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
grant select on made to public;
select tap.become('baker');
create temporary table shop on commit drop as select wedsync.register_supplier('Cakes', 'baker') as id;
grant select on shop to public;
select tap.become('emma');
select wedsync.grant_access(m.couple, s.id, '{full}') from made as m, shop as s;
select wedsync.update_core_fields(m.couple, '{"budget.total": 88000, "guest_count": {"adults": 55}}', null, 'the budget is 88000 now') from made as m;
select wedsync.update_core_fields(m.couple, '{"guest_count": {"adults": 56}}', null, 'aunt May comes') from made as m;
select tap.back();
select results_eq(
    $$
        select r ->> 'change_reason'
        from tap.rows('baker', 'select distinct a.change_reason from wedsync.core_fields_audit as a where a.change_reason <> ''''') as r
    $$,
    array['aunt May comes'], 'the supplier reads the reason of what it can see'
);
select is_empty(
    $$ select r from made as m, tap.rows('baker', format('select t.* from wedsync.get_audit_trail(%L) as t', m.couple)) as r where r::text like '%88000%' $$,
    'and nothing else by any road'
);
select results_eq(
    $$
        select r ->> 'changed_field'
        from tap.rows('emma', 'select a.changed_field from wedsync.core_fields_audit as a where a.change_reason like ''%88000%''') as r
    $$,
    array['budget.total'], 'the couple reads it with the budget'
);
select is(tap.call('emma', format($$ select wedsync.verify_audit_chain(%L) ->> 'valid' $$, m.couple)), 'true', 'and the chain holds') from made as m;
select * from finish();
rollback;
