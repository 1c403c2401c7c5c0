create or replace function wedsync_internal.quiet_until(owner_id uuid, at timestamptz)
returns timestamptz
language sql
stable
as $$
    select (l.local::date + case when l.local::time < a.quiet_until then 0 else 1 end + a.quiet_until) at time zone a.time_zone
    from wedsync_data.notification_addresses as a
    cross join lateral (select $2 at time zone a.time_zone as local) as l
    where a.owner_id = $1 and case
        when a.quiet_from < a.quiet_until then l.local::time >= a.quiet_from and l.local::time < a.quiet_until
        else l.local::time >= a.quiet_from or l.local::time < a.quiet_until
    end
$$;
comment on function wedsync_internal.quiet_until(uuid, timestamptz) is 'When the quiet hours of a user or supplier end that a moment lies in; null if it lies in none.';
revoke all on function wedsync_internal.quiet_until(uuid, timestamptz) from public;
