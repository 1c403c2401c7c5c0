create or replace function wedsync_internal.ical_offset(ahead interval)
returns text
language sql
immutable
parallel safe
return case when ahead < interval '0' then '-' else '+' end
    || to_char(greatest(ahead, -ahead), case when extract(second from ahead) = 0 then 'HH24MI' else 'HH24MISS' end);
comment on function wedsync_internal.ical_offset(interval) is 'A value of type UTC-OFFSET in iCalendar.';
revoke all on function wedsync_internal.ical_offset(interval) from public;
