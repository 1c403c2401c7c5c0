create or replace function wedsync_internal.any_wedding_day(at timestamptz default now())
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select extract(isodow from any_wedding_day.at at time zone 'UTC') = 6 or exists (
        select from wedsync_data.core_fields as f
        -- the local date differs by at most one day
        where f.wedding_date between (any_wedding_day.at at time zone 'UTC')::date - 1 and (any_wedding_day.at at time zone 'UTC')::date + 1
            and f.wedding_date = (any_wedding_day.at at time zone f.time_zone)::date
    )
$$;
comment on function wedsync_internal.any_wedding_day(timestamptz) is
'Whether a moment is on a Saturday (UTC) or on the date of any wedding in its own time zone. Decides on thresholds that are the same for all weddings.';
revoke all on function wedsync_internal.any_wedding_day(timestamptz) from public;
grant execute on function wedsync_internal.any_wedding_day(timestamptz) to wedsync_worker, wedsync_admin;
