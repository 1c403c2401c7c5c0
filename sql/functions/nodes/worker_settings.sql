create or replace function wedsync_internal.worker_settings()
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_catalog.jsonb_object_agg(s.name, s.value) || pg_catalog.jsonb_build_object('server_events', wedsync_internal.server_events())
    from wedsync_data.settings as s
$$;
comment on function wedsync_internal.worker_settings() is 'All settings as one object, and the names of server_events.';
revoke all on function wedsync_internal.worker_settings() from public;
grant execute on function wedsync_internal.worker_settings() to wedsync_worker;
