create or replace function wedsync_internal.is_day_of_wedding(wedding_date date, time_zone text, at timestamptz)
returns boolean
language sql
immutable
parallel safe
return extract(isodow from at at time zone time_zone) = 6 or coalesce(wedding_date = (at at time zone time_zone)::date, false);
comment on function wedsync_internal.is_day_of_wedding(date, text, timestamptz) is
'The definition of a wedding day: a Saturday, or the date of the wedding, in its time zone. date null: the wedding has none yet.';
revoke all on function wedsync_internal.is_day_of_wedding(date, text, timestamptz) from public;
