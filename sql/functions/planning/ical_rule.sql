create or replace function wedsync_internal.ical_rule(rule text, starts_at timestamptz, zone text, out occurrences timestamptz[], out problem text)
language plpgsql
stable
as $$
declare
    -- how many of a series are read: one more than are allowed shows that there are too many
    most constant integer := 101;
    week_days constant text[] := '{MO,TU,WE,TH,FR,SA,SU}';
    parts constant jsonb := (
        select coalesce(pg_catalog.jsonb_object_agg(split_part(p, '=', 1), split_part(p, '=', 2)), '{}')
        from regexp_split_to_table(upper(left(rule, 1000)), ';') as p where p <> ''
    );
    starts constant timestamp := starts_at at time zone zone;
    freq constant text := parts ->> 'FREQ';
    step integer;
    on_days text[];
    first_day date;
    until record;
    last_time timestamp;
    candidate timestamp;
    times timestamp[];
begin
    if freq is null or freq not in ('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY')
        or parts - '{FREQ,INTERVAL,COUNT,UNTIL,WKST,BYDAY,BYMONTHDAY,BYMONTH}'::text[] <> '{}' or parts ?& '{COUNT,UNTIL}'
        or parts ->> 'INTERVAL' !~ '^[1-9][0-9]?$' or parts ->> 'COUNT' !~ '^[1-9][0-9]{0,8}$' or parts ->> 'WKST' <> all (week_days)
        or parts ? 'BYDAY' and (freq not in ('DAILY', 'WEEKLY') or not string_to_array(parts ->> 'BYDAY', ',') <@ week_days)
        -- what the start says already
        or parts ? 'BYMONTHDAY' and (freq not in ('MONTHLY', 'YEARLY') or parts ->> 'BYMONTHDAY' <> to_char(starts, 'FMDD'))
        or parts ? 'BYMONTH' and (freq <> 'YEARLY' or parts ->> 'BYMONTH' <> to_char(starts, 'FMMM')) then
        problem := 'recurring';
        return;
    end if;
    if parts ? 'UNTIL' then
        until := wedsync_internal.ical_moment('', parts ->> 'UNTIL', '{}', zone);
        if until.problem is not null then
            problem := 'recurring';
            return;
        end if;
        -- a date includes that day
        last_time := case when until.is_date then to_date(parts ->> 'UNTIL', 'YYYYMMDD') + time '24:00' else until.instant at time zone zone end;
    elsif not parts ? 'COUNT' then
        problem := 'endless';
        return;
    end if;
    step := coalesce((parts ->> 'INTERVAL')::integer, 1);
    on_days := coalesce(string_to_array(parts ->> 'BYDAY', ','), case when freq = 'WEEKLY' then array[week_days[extract(isodow from starts)::integer]] end);
    first_day := starts::date;
    if freq = 'WEEKLY' then
        first_day := first_day - (extract(isodow from starts)::integer - array_position(week_days, coalesce(parts ->> 'WKST', 'MO')) + 7) % 7;
    end if;
    -- the start is the first, whatever the rule says
    times := array[starts];
    <<series>>
    for n in 0..750 loop
        for day in 0..case when freq = 'WEEKLY' then 6 else 0 end loop
            candidate := case freq
                when 'DAILY' then starts + n * step * interval '1 day'
                when 'WEEKLY' then first_day + (n * step * 7 + day) + starts::time
                when 'MONTHLY' then starts + n * step * interval '1 month'
                else starts + n * step * interval '1 year'
            end;
            exit series when candidate >= '9999-12-01' or candidate > last_time or cardinality(times) >= least((parts ->> 'COUNT')::integer, most);
            -- months without such a day are passed over
            if candidate > starts and (freq in ('DAILY', 'WEEKLY') or extract(day from candidate) = extract(day from starts))
                and coalesce(week_days[extract(isodow from candidate)::integer] = any (on_days), true) then
                times := times || candidate;
            end if;
        end loop;
    end loop;
    -- the start itself may be the second of two equal times
    occurrences := array[starts_at] || array(
        select wedsync_internal.instant_on_clocks(to_char(t, 'YYYY-MM-DD HH24:MI:SS'), zone) from unnest(times[2:]) as t
    );
end
$$;
comment on function wedsync_internal.ical_rule(text, timestamptz, text) is
'Times of an RRULE of iCalendar that ends, at most 101; or a problem: endless, or recurring for rules that are not supported. Supported are days, weeks with BYDAY, months and years, with INTERVAL.';
revoke all on function wedsync_internal.ical_rule(text, timestamptz, text) from public;
