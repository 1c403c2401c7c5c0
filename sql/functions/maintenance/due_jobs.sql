create or replace function wedsync_internal.due_jobs()
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select j.name from wedsync_data.scheduled_jobs as j where j.last_run + j.every <= pg_catalog.clock_timestamp() order by j.last_run
$$;
comment on function wedsync_internal.due_jobs() is 'Lists the scheduled jobs that are due, the longest overdue first.';
revoke all on function wedsync_internal.due_jobs() from public;
grant execute on function wedsync_internal.due_jobs() to wedsync_worker, wedsync_admin;
