-- proves: F000-71
-- Only what the caller reads is noted for the log: not what a plan meets of others' rows before it looks who calls.
begin;
select plan(3);
select tap.matrix();
create temporary table noted on commit drop as select * from tap.reads_noted(array[
    '', 'enable_nestloop=off', 'enable_nestloop=off,enable_hashjoin=off', 'enable_hashjoin=off,enable_mergejoin=off', 'join_collapse_limit=1',
    'enable_nestloop=off,geqo_threshold=2', 'enable_indexscan=off,enable_bitmapscan=off', 'join_collapse_limit=20,enable_material=off'
], array['emma', 'fred', 's reads full, writes basic', 'outsider']);
select is_empty($$ select * from noted where reads <> '' and who not like 's %' $$, 'members of the wedding and strangers read without a note');
select is_empty($$
    select a.*, b.reads from noted as a join noted as b using (who, view_name) where a.plan = '' and b.reads <> a.reads
$$, 'a supplier''s reads are noted alike under every plan');
select ok(count(*) > 3, 'control: they are noted') from noted where reads <> '' and who like 's %';
select * from finish();
rollback;
