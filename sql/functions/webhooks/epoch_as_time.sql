create or replace function wedsync_internal.epoch_as_time(seconds text)
returns timestamptz
language sql
immutable
parallel safe
-- only what looks like seconds since 1970 is converted
return case when seconds ~ '^[0-9]{1,11}$' then to_timestamp(seconds::double precision) end;
comment on function wedsync_internal.epoch_as_time(text) is 'Seconds since 1970, as text, as a point in time; null for anything else.';
revoke all on function wedsync_internal.epoch_as_time(text) from public;
