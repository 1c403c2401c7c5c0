create or replace function wedsync_internal.is_wedding_day_of(couple_id uuid, at timestamptz default now())
returns boolean
language sql
stable
as $$
    select extract(isodow from is_wedding_day_of.at at time zone f.time_zone) = 6
        or coalesce(f.wedding_date = (is_wedding_day_of.at at time zone f.time_zone)::date, false)
    from wedsync_data.core_fields as f
    where f.couple_id = is_wedding_day_of.couple_id
$$;
comment on function wedsync_internal.is_wedding_day_of(uuid, timestamptz) is
'Whether a moment is on a Saturday or on the wedding''s date, in the time zone of the wedding; null for unknown weddings.';
revoke all on function wedsync_internal.is_wedding_day_of(uuid, timestamptz) from public;
