create or replace function wedsync_internal.ical_items(event jsonb, first_line integer, locations jsonb, floating_zone text)
returns setof jsonb
language plpgsql
stable
as $$
declare
    most constant integer := 100;
    item jsonb := wedsync_internal.ical_item(event, first_line, locations, floating_zone);
    starts constant timestamptz := item ->> 'starts_at';
    is_all_day constant boolean := item -> 'is_all_day' = 'true';
    zone constant text := case when is_all_day then floating_zone else coalesce(item ->> 'time_zone', 'UTC') end;
    moment record;
    series record;
    occurrences timestamptz[];
    added timestamptz[];
    excepted timestamptz[];
    excepted_days date[];
    wrong text;
    wrong_line integer;
    rule text;
begin
    if not item ? 'title' or not event ?| '{RRULE,EXRULE,RDATE,EXDATE,RECURRENCE-ID}' then
        return next item;
        return;
    end if;
    if event ? 'RECURRENCE-ID' then
        moment := wedsync_internal.ical_moment(event #>> '{RECURRENCE-ID,parameters}', btrim(event #>> '{RECURRENCE-ID,value}'), locations, floating_zone);
        if moment.problem is null and not event ?| '{RRULE,EXRULE,RDATE}' and wedsync_internal.ical_parameter(event #>> '{RECURRENCE-ID,parameters}', 'RANGE') is null then
            return next item || pg_catalog.jsonb_build_object('recurrence_id', moment.instant);
            return;
        end if;
        wrong := 'RECURRENCE-ID';
        rule := coalesce(moment.problem, 'recurring');
    elsif event ? 'EXRULE' then
        wrong := 'EXRULE';
        rule := 'recurring';
    else
        occurrences := array[starts];
        if event ? 'RRULE' then
            series := wedsync_internal.ical_rule(btrim(event #>> '{RRULE,value}'), starts, zone);
            wrong := case when series.problem is not null then 'RRULE' end;
            rule := series.problem;
            occurrences := series.occurrences;
        end if;
        if wrong is null then
            select d.name, d.line, coalesce(d.problem, 'recurring') into wrong, wrong_line, rule
            from (
                select 'RDATE' as name, r.* from wedsync_internal.ical_instants(event -> 'RDATE', locations, zone) as r
                union all
                select 'EXDATE', e.* from wedsync_internal.ical_instants(event -> 'EXDATE', locations, zone) as e
            ) as d
            where d.problem is not null or d.name = 'RDATE' and d.is_date <> is_all_day
            limit 1;
        end if;
        if wrong is null then
            select
                array_agg(d.instant) filter (where d.name = 'RDATE'), array_agg(d.instant) filter (where d.name = 'EXDATE'),
                -- some programs except a whole day
                array_agg((d.instant at time zone zone)::date) filter (where d.name = 'EXDATE' and d.is_date)
            into added, excepted, excepted_days
            from (
                select 'RDATE' as name, r.* from wedsync_internal.ical_instants(event -> 'RDATE', locations, zone) as r
                union all
                select 'EXDATE', e.* from wedsync_internal.ical_instants(event -> 'EXDATE', locations, zone) as e
            ) as d;
            occurrences := array(
                select distinct o from unnest(occurrences || added) as o
                where o <> all (coalesce(excepted, '{}')) and (o at time zone zone)::date <> all (coalesce(excepted_days, '{}')) order by o
            );
            if cardinality(occurrences) > most then
                wrong := case when event ? 'RRULE' then 'RRULE' else 'RDATE' end;
                rule := format('at_most_%s_occurrences', most);
            elsif occurrences = '{}' then
                wrong := 'EXDATE';
                rule := 'no_occurrence';
            elsif length(item ->> 'uid') > 238 then
                wrong := 'UID';
                rule := 'at_most_238_characters';
            end if;
        end if;
    end if;
    if wrong is not null then
        return next pg_catalog.jsonb_build_object(
            'uid', item ->> 'uid', 'problems', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
                'line', coalesce(wrong_line, (event #>> array[wrong, 'line'])::integer, (event #>> array[wrong, '0', 'line'])::integer, first_line),
                'uid', item ->> 'uid', 'property', wrong, 'rule', rule, 'is_skipped', true
            ))
        );
        return;
    end if;
    return query
    select item || pg_catalog.jsonb_build_object(
        'series_starts_at', starts, 'starts_at', o.instant, 'occurrence', case when o.instant <> starts then wedsync_internal.ical_instant(o.instant) end,
        'duration_minutes', case
            -- days may be shorter or longer
            when is_all_day then to_jsonb(ceil(extract(epoch from wedsync_internal.ical_end(
                o.instant, zone, format('P%sD', round((item ->> 'duration_minutes')::numeric / 1440))
            ) - o.instant) / 60)::integer)
            else item -> 'duration_minutes'
        end,
        'problems', case when o.n = 1 then item -> 'problems' else '[]' end
    )
    from unnest(occurrences) with ordinality as o (instant, n);
end
$$;
comment on function wedsync_internal.ical_items(jsonb, integer, jsonb, text) is
'An event of an iCalendar document as items, one for each time at which it occurs, each as ical_item returns it: with series_starts_at and, but for the first, occurrence; or recurrence_id if it stands for one occurrence of another event.';
revoke all on function wedsync_internal.ical_items(jsonb, integer, jsonb, text) from public;
