create or replace function wedsync_internal.weddings_today()
returns integer
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*)::integer
    from wedsync_data.core_fields as f
    where f.wedding_date between current_date - 1 and current_date + 1
        and f.wedding_date = (now() at time zone f.time_zone)::date
$$;
comment on function wedsync_internal.weddings_today() is 'Number of weddings that take place today, each in its own time zone.';
revoke all on function wedsync_internal.weddings_today() from public;
grant execute on function wedsync_internal.weddings_today() to wedsync_worker, wedsync_admin;
