create or replace function wedsync_internal.due_duties()
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select d.name from wedsync_data.duties as d where d.last_run + d.every <= pg_catalog.clock_timestamp() order by d.last_run
$$;
comment on function wedsync_internal.due_duties() is 'Names of the duties that are due, longest waiting first.';
revoke all on function wedsync_internal.due_duties() from public;
grant execute on function wedsync_internal.due_duties() to wedsync_worker, wedsync_admin;
