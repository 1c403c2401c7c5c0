-- proves: F000-71
-- Only what the caller reads is noted for the log: not what a plan meets of others' rows before it looks who calls.
begin;
select plan(3);
select tap.matrix();
create temporary table noted (plan text, who text, view_name text, reads text) on commit drop;
do $$
declare
    planner text;
    setting text;
    person text;
    view_name text;
    reads text;
begin
    foreach planner in array array[
        '', 'enable_nestloop=off', 'enable_nestloop=off,enable_hashjoin=off', 'enable_hashjoin=off,enable_mergejoin=off', 'join_collapse_limit=1',
        'enable_nestloop=off,geqo_threshold=2', 'enable_indexscan=off,enable_bitmapscan=off', 'join_collapse_limit=20,enable_material=off'
    ] loop
        foreach setting in array string_to_array(planner, ',') loop
            perform set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
        end loop;
        foreach person in array array['emma', 'fred', 's reads full, writes basic', 'outsider'] loop
            for view_name in
                select c.relname from pg_catalog.pg_class as c
                where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v' and has_table_privilege('authenticated', c.oid, 'select')
            loop
                perform set_config('wedsync.views_read', '', true);
                perform tap.become(person);
                execute format('select count(*) from wedsync.%I', view_name);
                reads := current_setting('wedsync.views_read', true);
                perform set_config('wedsync.views_read', '', true);
                perform tap.back();
                insert into noted values (planner, person, view_name, reads);
            end loop;
        end loop;
        foreach setting in array string_to_array(planner, ',') loop
            execute format('reset %I', split_part(setting, '=', 1));
        end loop;
    end loop;
end
$$;
select is_empty($$ select * from noted where reads <> '' and who not like 's %' $$, 'members of the wedding and strangers read without a note');
select is_empty($$
    select a.*, b.reads from noted as a join noted as b using (who, view_name) where a.plan = '' and b.reads <> a.reads
$$, 'a supplier''s reads are noted alike under every plan');
select ok(count(*) > 3, 'control: they are noted') from noted where reads <> '' and who like 's %';
select * from finish();
rollback;
