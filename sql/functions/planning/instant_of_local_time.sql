create or replace function wedsync_internal.instant_of_local_time(local_time text, time_zone text)
returns timestamptz
language sql
stable
as $$
    -- a time that the clocks skip does not come back as itself
    select case when to_char(i.instant at time zone time_zone, 'YYYY-MM-DD"T"HH24:MI') = local_time then i.instant end
    from (
        select wedsync_internal.instant_on_clocks(local_time, time_zone) as instant
        where local_time ~ '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$'
            and wedsync_internal.value_problem('date', null, null, null, null, to_jsonb(left(local_time, 10))) is null
        -- not inlined, so that no other text is converted
        offset 0
    ) as i
$$;
comment on function wedsync_internal.instant_of_local_time(text, text) is
'The moment at which clocks in this zone show 2027-06-12T14:30, the first one if they show it twice; null if they skip it, or if the text has another form.';
revoke all on function wedsync_internal.instant_of_local_time(text, text) from public;
