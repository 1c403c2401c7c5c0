create or replace function wedsync_internal.wedding_time_zone(couple_id uuid)
returns text
language sql
stable
as $$
    select coalesce((select f.time_zone from wedsync_data.core_fields as f where f.couple_id = $1), 'UTC')
$$;
comment on function wedsync_internal.wedding_time_zone(uuid) is 'The IANA time zone of a wedding.';
revoke all on function wedsync_internal.wedding_time_zone(uuid) from public;
