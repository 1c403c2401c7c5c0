-- Files that run at the same time in one database take turns: many change the same row, such as a limit, or the pack itself, until they
-- roll back, and would wait for each other crosswise. A file's turn begins with its plan.
create table tap.turn (id integer);

create function tap.of_pgtap(called text)
returns text
language sql
stable
as $$
    select format('select %I.%s', n.nspname, called)
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on p.pronamespace = n.oid
    where p.proname = 'no_plan' and p.pronargs = 0 and n.nspname <> 'tap'
    limit 1
$$;

create function tap.plan(tests integer)
returns text
language plpgsql
as $$
declare
    planned text;
begin
    lock table tap.turn in access exclusive mode;
    execute tap.of_pgtap('plan($1)') into planned using tests;
    return planned;
end
$$;

create function tap.no_plan()
returns setof boolean
language plpgsql
as $$
begin
    lock table tap.turn in access exclusive mode;
    return query execute tap.of_pgtap('no_plan()');
end
$$;
