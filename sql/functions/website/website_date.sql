create or replace function wedsync_internal.website_date(day text, local_time text, zone text)
returns text
language sql
stable
as $$
    select case
        when $2 is null then $1
        when $3 is null then $1 || 'T' || to_char($2::time, 'HH24:MI:SS')
        else wedsync_internal.zoned_text(($1::date + $2::time) at time zone $3, $3)
    end
$$;
comment on function wedsync_internal.website_date(text, text, text) is
'A day and a local time of a zone as ISO 8601: the day alone without a time, and without a zone no distance from UTC. Null without a day.';
revoke all on function wedsync_internal.website_date(text, text, text) from public;
