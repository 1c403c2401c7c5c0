-- proves: F000-71, F001-20
-- What a plan meets before it looks at rights is not noted as read: no row of another wedding, and none of which nothing is shown, such as the budget's.
begin;
select plan(4);
select tap.guest_list('emma');
select tap.guest_list('olivia');
select tap.supplier('greta', 'emma', '{full}'), tap.supplier('theo', 'emma', '{timeline}'), tap.supplier('gina', 'emma', '{guests}');
select tap.supplier('otto', 'olivia', '{full}'), tap.hire('theo', 'duo', 'staff'), tap.hire('gina', 'duo', 'staff');
select tap.run(w.who, format(s.statement, tap.couple(w.who), tap.id(w.who || s.name), tap.firm(w.firm), tap.firm(w.booked)))
from (values ('emma', 'theo', 'gina'), ('olivia', 'otto', 'otto')) as w (who, firm, booked)
cross join (values
    ('line', 'insert into wedsync.budget_lines (couple_id, id, title, contracted) values (%L, %L, ''Hall'', 5)'),
    ('document', 'insert into wedsync.documents (couple_id, id, title, url, supplier_ids)
        values (%L, %L, ''Plan'', ''https://a.example.org'', array[%L]::uuid[])'),
    ('item', 'insert into wedsync.timeline_items (couple_id, id, title, starts_at, supplier_ids) values (%L, %L, ''Vows'', now(), array[%L]::uuid[])'),
    ('task', 'insert into wedsync.tasks (couple_id, id, title) values (%L, %L, ''Rings'')'),
    ('vendor', 'insert into wedsync.vendor_assignments (couple_id, id, company_name, supplier_id, status) values (%L, %L, ''Theo'', %L, ''shortlisted'')'),
    ('booked', 'insert into wedsync.vendor_assignments (couple_id, id, company_name, supplier_id, status) values (%1$L, %2$L, ''Gina'', %4$L, ''booked'')')
) as s (name, statement);
select tap.call('emma', format('select wedsync.assign_task(%L, %L, supplier_id => %L)', tap.couple('emma'), tap.id('emmatask'), tap.firm('theo')));
select tap.call('theo', format('select wedsync.submit_photos(%L, ''[{"url": "https://a.example.org/p"}]'')', tap.couple('emma')));
create temporary table noted on commit drop as select * from tap.reads_noted(array[
    '', 'random_page_cost=100000', 'cpu_operator_cost=0',
    'cpu_operator_cost=0,enable_indexscan=off,enable_bitmapscan=off,enable_hashjoin=off,enable_mergejoin=off',
    'enable_nestloop=off,geqo_threshold=2', 'enable_nestloop=off,enable_hashjoin=off,random_page_cost=100000,join_collapse_limit=1'
], array['greta', 'theo', 'gina', 'duo', 'otto', 'stranger']);
select is_empty($$ select * from noted where rows_shown = 0 and reads <> '' $$, 'without a row shown, nothing is noted');
select is_empty(
    $$ select n.* from noted as n where n.who <> 'otto' and strpos(n.reads, tap.couple('olivia')::text) > 0
        or n.who = 'otto' and strpos(n.reads, tap.couple('emma')::text) > 0 $$,
    'nor is anything of another wedding'
);
select is_empty(
    $$ select a.who, a.view_name, b.plan, a.rows_shown, b.rows_shown, a.reads, b.reads from noted as a join noted as b using (who, view_name)
    where a.plan = '' and (a.reads, a.rows_shown) is distinct from (b.reads, b.rows_shown) $$,
    'every plan shows the same and notes the same'
);
select ok(count(distinct n.view_name) > 12, 'control: reads of many views are noted') from noted as n where n.reads <> '';
select * from finish();
rollback;
