create or replace function wedsync_internal.is_wedding_day_of(couple_id uuid, at timestamptz default now())
returns boolean
language sql
stable
as $$
    select wedsync_internal.is_day_of_wedding(f.wedding_date, f.time_zone, is_wedding_day_of.at)
    from wedsync_data.core_fields as f
    where f.couple_id = is_wedding_day_of.couple_id
$$;
comment on function wedsync_internal.is_wedding_day_of(uuid, timestamptz) is
'Whether a moment is on a Saturday or on the wedding''s date, in the time zone of the wedding; null for unknown weddings.';
revoke all on function wedsync_internal.is_wedding_day_of(uuid, timestamptz) from public;
