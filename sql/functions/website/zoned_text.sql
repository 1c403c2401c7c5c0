create or replace function wedsync_internal.zoned_text(at timestamptz, zone text)
returns text
language sql
stable
as $$
    select to_char($1 at time zone coalesce($2, 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS')
        || case when o.seconds < 0 then '-' else '+' end || to_char(make_interval(secs => abs(o.seconds)), 'HH24:MI')
    from (select extract(epoch from ($1 at time zone coalesce($2, 'UTC')) - ($1 at time zone 'UTC'))::double precision as seconds) as o
$$;
comment on function wedsync_internal.zoned_text(timestamptz, text) is 'A moment on the clocks of a zone, UTC if null, with its distance from UTC, as ISO 8601: 2027-06-12T14:30:00+01:00.';
revoke all on function wedsync_internal.zoned_text(timestamptz, text) from public;
