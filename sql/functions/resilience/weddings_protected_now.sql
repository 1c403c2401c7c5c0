-- drop: function wedsync_internal.weddings_today()
-- drop: function wedsync_internal.weddings_protected_now()
create or replace function wedsync_internal.weddings_protected_now(at timestamptz default now())
returns integer
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*)::integer
    from wedsync_data.core_fields as f
    where wedsync_internal.is_day_of_wedding(f.wedding_date, f.time_zone, weddings_protected_now.at)
        -- a date that is not fixed yet may be near
        and coalesce(f.wedding_date >= (weddings_protected_now.at at time zone f.time_zone)::date, true)
$$;
comment on function wedsync_internal.weddings_protected_now(timestamptz) is
'Number of weddings for which it is a wedding day: those that take place today, and on a Saturday those still to come, each in its own time zone. Schema changes wait while there are any.';
revoke all on function wedsync_internal.weddings_protected_now(timestamptz) from public;
grant execute on function wedsync_internal.weddings_protected_now(timestamptz) to wedsync_worker, wedsync_admin;
