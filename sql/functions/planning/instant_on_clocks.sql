create or replace function wedsync_internal.instant_on_clocks(local_time text, time_zone text)
returns timestamptz
language sql
stable
as $$
    -- PostgreSQL takes the second of two equal times, RFC 5545 the first: clocks go back by an hour, somewhere by half of one
    select coalesce(
        (
            select i.instant - b.back from (values (interval '1 hour'), (interval '30 minutes')) as b (back)
            where (i.instant - b.back) at time zone time_zone = i.instant at time zone time_zone limit 1
        ),
        i.instant
    )
    from (select local_time::timestamp at time zone time_zone as instant) as i
$$;
comment on function wedsync_internal.instant_on_clocks(text, text) is
'The moment at which clocks in this zone show a time, as RFC 5545 (3.3.5) has it: the first if they show it twice; if they skip it, as if they had not gone forward yet.';
revoke all on function wedsync_internal.instant_on_clocks(text, text) from public;
