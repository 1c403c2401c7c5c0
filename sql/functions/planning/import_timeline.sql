create or replace function wedsync.import_timeline(couple_id uuid, calendar text, options jsonb default '{}')
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    is_preview constant boolean := coalesce(options -> 'preview' = 'true', false);
    floating_zone text := options ->> 'time_zone';
    most constant integer := (select r.max_rows from wedsync_data.record_catalog as r where r.record_name = 'timeline_items');
    access record;
    event_count integer;
    occurrence_count integer;
    actions jsonb;
    problems jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('timeline-import');
    perform wedsync_internal.check_json(options, 'options', 16384);
    perform wedsync_internal.require_given('{couple_id,calendar}', array[couple_id is not null, calendar is not null]);
    perform wedsync_internal.require_caller();
    if options is not null and (pg_catalog.jsonb_typeof(options) <> 'object' or options - '{preview,time_zone}'::text[] <> '{}'
        or pg_catalog.jsonb_typeof(options -> 'preview') <> 'boolean') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "options", "rule": "object with preview, true or false, and time_zone"}');
    end if;
    if octet_length(calendar) > wedsync_internal.setting_limit('calendar_max_bytes') then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object(
            'parameter', 'calendar', 'setting', 'calendar_max_bytes', 'limit', wedsync_internal.setting_limit('calendar_max_bytes')
        ));
    end if;
    -- before it is read, as reading many takes seconds
    if length(calendar) - length(replace(calendar, E'\n', '')) > 100000 then
        perform wedsync_internal.fail('too_large', '{"parameter": "calendar", "rule": "at most 100000 lines", "limit": 100000}');
    end if;
    event_count := (length(upper(calendar)) - length(replace(upper(calendar), 'BEGIN:VEVENT', ''))) / length('BEGIN:VEVENT');
    if event_count > most then
        perform wedsync_internal.fail('cap_reached', pg_catalog.jsonb_build_object('rule', format('at most %s timeline items', most), 'limit', most));
    end if;
    access := wedsync_internal.open_rows(couple_id);
    -- the whole timeline is compared, so that couples and planners import, not those who see a part of it
    if not (wedsync_internal.covers_right(access.writable, 'timeline.items') and wedsync_internal.covers_right(access.writable, 'timeline.internal')) then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["timeline.items", "timelineInternal"]}');
    end if;
    floating_zone := coalesce(floating_zone, wedsync_internal.wedding_time_zone(couple_id));
    if wedsync_internal.time_zone_problem(floating_zone) is not null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "options.time_zone", "rule": "iana_time_zone"}');
    end if;
    if calendar !~* '^\s*\ufeff?\s*BEGIN:VCALENDAR' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "calendar", "rule": "an iCalendar document, which begins with BEGIN:VCALENDAR"}');
    end if;

    with events as materialized (
        select e.line, i.item
        from wedsync_internal.ical_events(calendar) as e
        cross join lateral wedsync_internal.ical_items(e.properties, e.line, e.locations, floating_zone) as i (item)
        -- more are refused below
        limit most + 1
    ),
    -- of several events with one UID the newest counts
    ranked as (
        select e.line, e.item, rank() over (
            partition by e.item ->> 'uid', e.item ->> 'recurrence_id'
            order by (e.item ->> 'sequence')::integer desc, (e.item ->> 'stamped_at')::timestamptz desc nulls last, e.line desc
        ) as place
        from events as e where e.item ? 'title'
    ),
    -- the first of a series has its UID, the others add their time
    named as (
        select r.line, r.item || pg_catalog.jsonb_build_object('uid', left(r.item ->> 'uid', 255) || coalesce('/' || case
            when (r.item ->> 'recurrence_id')::timestamptz = max((r.item ->> 'series_starts_at')::timestamptz) over (partition by r.item ->> 'uid') then null
            when r.item ? 'recurrence_id' then wedsync_internal.ical_instant((r.item ->> 'recurrence_id')::timestamptz)
            else r.item ->> 'occurrence'
        end, '')) as item
        from ranked as r
        where r.place = 1
    ),
    -- an event for one occurrence replaces it
    chosen as (
        select distinct on (n.item ->> 'uid') n.line, n.item from named as n order by n.item ->> 'uid', n.item ? 'recurrence_id' desc, n.line desc
    ),
    matched as (
        select r.line, r.item, i.id,
            case
                when i.id is null then 'created'
                when (
                    (r.item ->> 'sequence')::integer, coalesce((r.item ->> 'stamped_at')::timestamptz, pg_catalog.statement_timestamp())
                ) <= (i.sequence, i.stamped_at) then 'unchanged'
                when i.is_locked and (
                    i.starts_at <> (r.item ->> 'starts_at')::timestamptz or i.duration_minutes is distinct from (r.item ->> 'duration_minutes')::integer
                ) then 'locked'
                when i.rigidity in ('buffer', 'compressible') and coalesce((r.item ->> 'duration_minutes')::integer, -1) < coalesce(i.min_minutes, 0) then 'too_short'
                else 'updated'
            end as action
        from chosen as r
        left join wedsync_data.timeline_items as i on i.couple_id = import_timeline.couple_id and i.uid = r.item ->> 'uid'
    )
    select
        (select count(distinct e.line) from events as e), (select count(*) from events),
        (select pg_catalog.jsonb_agg(
            m.item - 'problems' || pg_catalog.jsonb_build_object('action', m.action, 'id', coalesce(m.id, pg_catalog.gen_random_uuid()))
            order by m.line, m.item ->> 'starts_at'
        ) from matched as m),
        (
            select pg_catalog.jsonb_agg(p.problem order by (p.problem ->> 'line')::integer)
            from (
                select x.v as problem from events as e cross join lateral pg_catalog.jsonb_array_elements(e.item -> 'problems') as x (v)
                union all
                select distinct pg_catalog.jsonb_build_object('line', r.line, 'uid', r.item ->> 'uid', 'property', 'UID', 'rule', 'repeated_uid', 'is_skipped', true)
                from ranked as r where r.place > 1
                union all
                select pg_catalog.jsonb_build_object(
                    'line', m.line, 'uid', m.item ->> 'uid', 'property', 'DTSTART', 'rule', case m.action when 'locked' then 'locked_item' else 'shorter_than_min_minutes' end, 'is_skipped', true
                )
                from matched as m where m.action in ('locked', 'too_short')
            ) as p
        )
    into event_count, occurrence_count, actions, problems;
    actions := coalesce(actions, '[]');
    problems := coalesce(problems, '[]');
    if occurrence_count > most or (
        select count(*) from wedsync_data.timeline_items as i where i.couple_id = import_timeline.couple_id
    ) + (select count(*) from pg_catalog.jsonb_array_elements(actions) as a (v) where a.v ->> 'action' = 'created') > most then
        perform wedsync_internal.fail('cap_reached', pg_catalog.jsonb_build_object('rule', format('at most %s timeline items', most), 'limit', most));
    end if;

    if not is_preview then
        insert into wedsync_data.timeline_items (
            couple_id, id, title, category, starts_at, time_zone, duration_minutes, location, cue, status, rigidity, uid, sequence, stamped_at
        )
        select
            import_timeline.couple_id, (a.v ->> 'id')::uuid, a.v ->> 'title', coalesce(a.v ->> 'category', 'other'), (a.v ->> 'starts_at')::timestamptz,
            coalesce(a.v ->> 'time_zone', floating_zone), (a.v ->> 'duration_minutes')::integer, a.v ->> 'location', a.v ->> 'cue',
            case when a.v -> 'is_cancelled' = 'true' then 'skipped' else 'planned' end, case when a.v -> 'is_all_day' = 'true' then 'fixed' else 'movable' end, a.v ->> 'uid', (a.v ->> 'sequence')::integer,
            coalesce((a.v ->> 'stamped_at')::timestamptz, date_trunc('second', pg_catalog.statement_timestamp()))
        from pg_catalog.jsonb_array_elements(actions) as a (v) where a.v ->> 'action' = 'created';
        update wedsync_data.timeline_items as i
        set title = a.v ->> 'title', category = coalesce(a.v ->> 'category', i.category), starts_at = (a.v ->> 'starts_at')::timestamptz,
            -- the zone alone would move the start
            time_zone = case when i.starts_at <> (a.v ->> 'starts_at')::timestamptz then coalesce(a.v ->> 'time_zone', i.time_zone) else i.time_zone end,
            duration_minutes = (a.v ->> 'duration_minutes')::integer, location = a.v ->> 'location', cue = a.v ->> 'cue',
            status = case when a.v -> 'is_cancelled' = 'true' then 'skipped' when i.status = 'skipped' then 'planned' else i.status end,
            sequence = (a.v ->> 'sequence')::integer,
            stamped_at = coalesce((a.v ->> 'stamped_at')::timestamptz, date_trunc('second', pg_catalog.statement_timestamp()))
        from pg_catalog.jsonb_array_elements(actions) as a (v)
        where a.v ->> 'action' = 'updated' and i.couple_id = import_timeline.couple_id and i.id = (a.v ->> 'id')::uuid;
    end if;
    return (
        select pg_catalog.jsonb_build_object(
            'preview', is_preview, 'events', event_count,
            'created', count(*) filter (where a.v ->> 'action' = 'created'), 'updated', count(*) filter (where a.v ->> 'action' = 'updated'),
            'unchanged', count(*) filter (where a.v ->> 'action' = 'unchanged'),
            'skipped', (select count(*) from pg_catalog.jsonb_array_elements(problems) as p (v) where p.v -> 'is_skipped' = 'true'),
            'problem_count', pg_catalog.jsonb_array_length(problems),
            'problems', (
                select coalesce(pg_catalog.jsonb_agg(p.v order by p.n), '[]')
                from pg_catalog.jsonb_array_elements(problems) with ordinality as p (v, n) where p.n <= 200
            ),
            'items', coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'line', a.v -> 'line', 'uid', a.v -> 'uid', 'title', a.v -> 'title', 'starts_at', a.v -> 'starts_at', 'is_all_day', a.v -> 'is_all_day', 'action', a.v -> 'action',
                'item_id', case when not (is_preview and a.v ->> 'action' = 'created') then a.v -> 'id' end
            ) order by a.n) filter (where a.v ->> 'action' in ('created', 'updated', 'unchanged')), '[]')
        )
        from pg_catalog.jsonb_array_elements(actions) with ordinality as a (v, n)
    );
end
$$;
comment on function wedsync.import_timeline(uuid, text, jsonb) is
'Imports the events of an iCalendar document into the timeline
Events are matched by UID. The newer revision wins, by SEQUENCE, then DTSTAMP; items that are not in the document stay. options: preview (true reports and changes nothing) and time_zone, an IANA zone for times without one; otherwise they are in the zone of the wedding. An all-day event becomes an item from the start to the end of its days, with rigidity fixed, and is reported. Events that recur by day, week, month or year, at most 100 times, become an item for each time; an event with RECURRENCE-ID replaces one of them. Other recurring events, unknown zones and other events that cannot be timeline items are skipped and reported. Returns {preview, events, created, updated, unchanged, skipped, problem_count, problems, items}: problems are the first 200, each {line, uid, property, rule, is_skipped}; items are {line, uid, title, starts_at, is_all_day, action, item_id}. For partners and planners. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), cap_reached (PT409), too_large (PT413), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.import_timeline(uuid, text, jsonb) from public;
grant execute on function wedsync.import_timeline(uuid, text, jsonb) to authenticated, service_role, wedsync_admin;
