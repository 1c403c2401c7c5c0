-- proves: C-71
-- A call inside a scalar subquery is made once per statement, a bare one once per row.
begin;
select plan(3);
create temporary view offenders as
select distinct p.polrelid::regclass || ': ' || p.polname as what
from pg_catalog.pg_policy as p
join pg_catalog.pg_class as c on c.oid = p.polrelid
cross join lateral (
    values (pg_catalog.pg_get_expr(p.polqual, p.polrelid)), (pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
) as e (expression)
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    -- without the wrapped calls, no name followed by a parenthesis is left; keywords are printed in capitals
    and regexp_replace(e.expression, '\( SELECT [a-z_.]+\(\) AS [a-z_]+\)', '', 'g') ~ '[a-z_]\('
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'policies call functions only inside scalar subqueries');
create policy per_row on wedsync_data.suppliers for select to authenticated
using (id = any (wedsync_internal.caller_supplier_ids()));
create policy per_row_check on wedsync_data.forms for insert to authenticated
with check (supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) and length(name) > 0);
select results_eq(
    'select what collate "default" from offenders order by 1',
    array['wedsync_data.forms: per_row_check', 'wedsync_data.suppliers: per_row'],
    'the rule finds bare calls in USING and in WITH CHECK'
);
drop policy per_row on wedsync_data.suppliers;
create policy once on wedsync_data.suppliers for select to authenticated
using (id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]));
select results_eq('select what collate "default" from offenders order by 1', array['wedsync_data.forms: per_row_check'], 'and is content with a wrapped one');
select * from finish();
rollback;
