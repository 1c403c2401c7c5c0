-- drop: function wedsync_internal.place_imported(uuid, wedsync_internal.import_person[], jsonb, bit, boolean)
create or replace function wedsync_internal.place_imported(
    couple_id uuid, people wedsync_internal.import_person[], fields text[], options jsonb, writable bit, is_preview boolean
)
returns jsonb
language plpgsql
volatile
as $$
declare
    keeps_notes constant boolean := writable & wedsync_internal.names_mask('{guests.private}') = wedsync_internal.names_mask('{guests.private}');
    needs_event constant boolean := fields && '{rsvp,rsvp_date,meal,table}' and exists (select from unnest(people) as p where p.f ?| '{rsvp,rsvp_date,meal,table}');
    events constant wedsync_data.wedding_events[] := array(select e from wedsync_data.wedding_events as e where e.couple_id = place_imported.couple_id);
    names_events constant boolean := exists (select from unnest(fields) as f (field) where f.field ~ '^(event|rsvp):');
    has_homes constant boolean := coalesce(options ->> 'mode', 'append') = 'append'
        and exists (select from wedsync_data.households as h where h.couple_id = place_imported.couple_id);
    target uuid;
    problems jsonb := '[]'::jsonb;
    rsvps wedsync_data.rsvps[];
    deleted integer := 0;
    companions jsonb;
    seed constant bytea := pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid());
    placed wedsync_internal.import_person[];
begin
    target := case
        when options ? 'event_id' then (options ->> 'event_id')::uuid
        when (select count(*) from unnest(events) as e where e.is_main) = 1 then (select e.id from unnest(events) as e where e.is_main)
        when cardinality(events) = 1 then events[1].id
        -- a list with replies, and no event yet
        when cardinality(events) = 0 and needs_event then pg_catalog.gen_random_uuid()
    end;
    if options ? 'event_id' and target <> all (array(select e.id from unnest(events) as e)) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "options", "rule": "event_id of an event of the wedding"}');
    end if;
    if needs_event and target is null then
        problems := '[{"row": 1, "field": null, "rule": "import_event_needed", "severity": "error"}]';
    end if;
    problems := problems || (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('row', q.row_no, 'field', q.field, 'rule', q.rule, 'severity', 'warning')), '[]')
        from (
            select p.row_no, 'events' as field, 'import_event' as rule
            from unnest(people) as p cross join lateral regexp_split_to_table(p.f ->> 'events', '\s*[,;/|&+]\s*') as w (word)
            where 'events' = any (fields) and p.role = 'first' and w.word ~ '\S' and not exists (
                select from unnest(events) as e where wedsync_internal.plain_name(e.name) = wedsync_internal.plain_name(w.word) or e.kind = wedsync_internal.plain_name(w.word)
            )
            union
            select p.row_no, 'meal', 'import_meal' from unnest(people) as p
            where 'meal' = any (fields) and p.role = 'first' and p.f ? 'meal' and not exists (
                select from wedsync_data.meal_options as m
                where m.couple_id = place_imported.couple_id and m.event_id = target and wedsync_internal.plain_name(m.name) = wedsync_internal.plain_name(p.f ->> 'meal')
            )
            union
            select min(p.row_no), 'notes', 'import_private' from unnest(people) as p where not keeps_notes and fields && '{gift,thank_you_sent,notes}' and p.f ?| '{gift,thank_you_sent,notes}' having count(*) > 0
            union
            select p.row_no, 'postcode', 'import_postcode' from unnest(people) as p where 'postcode' = any (fields) and p.role = 'first' and wedsync_internal.import_postcode(p.f) is distinct from p.f ->> 'postcode'
        ) as q
    );

    -- who is invited to what: by columns of events, by names of events, and by a reply
    rsvps := array(
        with words as materialized (
            select w.word, wedsync_internal.rsvp_status_named(w.word) as status, wedsync_internal.text_number(w.word) as number
            from (
                select distinct p.f ->> 'rsvp' as word from unnest(people) as p where 'rsvp' = any (fields) and p.f ? 'rsvp'
                union
                select distinct p.f ->> (k.kind || e.id) from unnest(people) as p cross join unnest(events) as e cross join (values ('event:'), ('rsvp:')) as k (kind)
                where names_events and p.f ? (k.kind || e.id)
            ) as w
        ),
        invited as (
            select p.id, e.id as event_id, case
                when k.kind = 'rsvp:' or w.number is null then coalesce(w.status, 'pending') else 'pending'
            end as status, false as is_reply
            from unnest(people) as p
            cross join unnest(events) as e
            cross join (values ('event:'), ('rsvp:')) as k (kind)
            join words as w on w.word = p.f ->> (k.kind || e.id)
            -- 0 and no are no invitation; -1 is one for any number
            where names_events and not p.is_known and (k.kind = 'rsvp:' or w.number is distinct from 0)
            union all
            select p.id, e.id, 'pending', false
            from unnest(people) as p
            cross join lateral regexp_split_to_table(p.f ->> 'events', '\s*[,;/|&+]\s*') as n (word)
            join unnest(events) as e on wedsync_internal.plain_name(n.word) in (wedsync_internal.plain_name(e.name), e.kind)
            where 'events' = any (fields) and not p.is_known and p.f ? 'events'
            union all
            select p.id, target, coalesce(w.status, 'pending'), p.f ? 'rsvp'
            from unnest(people) as p
            left join words as w on w.word = p.f ->> 'rsvp'
            where needs_event and not p.is_known and target is not null and p.f ?| '{rsvp,rsvp_date,meal,table}'
        ),
        meals as (
            select wedsync_internal.plain_name(m.name) as name, min(m.id::text)::uuid as id from wedsync_data.meal_options as m
            where m.couple_id = place_imported.couple_id and m.event_id = target group by 1
        ),
        settled as (
            select distinct on (i.id, i.event_id) i.* from invited as i order by i.id, i.event_id, i.is_reply desc, i.status <> 'pending' desc
        )
        select row(
            place_imported.couple_id, wedsync_internal.uuid_of(seed, - row_number() over ()), 1, null, now(), now(), s.event_id, s.id, s.status,
            case when s.event_id = target then m.id end, 0, case when s.is_reply then left(p.f ->> 'rsvp_comment', 1000) end,
            case when s.status <> 'pending' then coalesce((p.f ->> 'rsvp_date')::timestamp at time zone 'UTC' + interval '12 hours', now()) end,
            case when s.status <> 'pending' then 'import' end
        )::wedsync_data.rsvps
        from settled as s
        join unnest(people) as p on p.id = s.id
        left join meals as m on p.f ? 'meal' and m.name = wedsync_internal.plain_name(p.f ->> 'meal')
    );
    if not is_preview and problems @> '[{"rule": "import_event_needed"}]' then
        -- refused by the caller
        return pg_catalog.jsonb_build_object('problems', problems);
    end if;

    -- households: those of the list, or those that the wedding has under the same name
    placed := array(
        with named as materialized (
            select p.household_key, min(case when has_homes then wedsync_internal.plain_name(p.household_name) end) as plain
            from (select distinct q.household_key, q.household_name from unnest(people) as q) as p group by p.household_key
        ),
        there as (
            select wedsync_internal.plain_name(h.name) as plain, min(h.id::text)::uuid as id from wedsync_data.households as h
            where has_homes and h.couple_id = place_imported.couple_id group by 1
        ),
        homes as materialized (
            select n.household_key, coalesce(t.id, wedsync_internal.uuid_of(seed, row_number() over ())) as id, t.id is null as is_new from named as n left join there as t on t.plain = n.plain
        )
        select row(
            p.row_no, p.position, p.household_key, p.household_name, p.id, h.id, p.role, p.title, p.first_name, p.last_name, p.suffix, p.age_class, p.name_key,
            p.email, p.other_emails, p.phone, p.f, p.needs, p.is_known, h.is_new
        )::wedsync_internal.import_person
        from unnest(people) with ordinality as p join homes as h on h.household_key = p.household_key order by p.ordinality
    );
    if 'plus_one_of' = any (fields) then
        select
            problems || coalesce(
                pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('row', c.row_no, 'field', 'plus_one_of', 'rule', 'import_plus_one_of', 'severity', 'warning'))
                filter (where c.companion_of is null), '[]'
            ),
            pg_catalog.jsonb_object_agg(c.id, c.companion_of) filter (where c.companion_of is not null)
        into problems, companions
        from wedsync_internal.companions_named(couple_id, placed, coalesce(options ->> 'mode', 'append') = 'append') as c;
    end if;
    if not is_preview then
        perform set_config('wedsync.change_reason', 'Import of a guest list', true);
        if options ->> 'mode' = 'replace' then
            delete from wedsync_data.guests as g where g.couple_id = place_imported.couple_id;
            get diagnostics deleted = row_count;
            delete from wedsync_data.households as h where h.couple_id = place_imported.couple_id;
        end if;
        perform wedsync_internal.store_imported(couple_id, placed, companions, rsvps, target, keeps_notes);
        perform set_config('wedsync.change_reason', '', true);
        set constraints wedsync_data.settle_at_commit immediate;
    end if;
    return pg_catalog.jsonb_build_object(
        'problems', problems, 'deleted', deleted, 'invitations', cardinality(rsvps),
        'households', (select count(distinct p.household_id) from unnest(placed) as p where not p.is_known)
    );
end
$$;
comment on function wedsync_internal.place_imported(uuid, wedsync_internal.import_person[], text[], jsonb, bit, boolean) is
'Second half of import_guests: finds events, meals and households, and unless it is a preview stores everything, each table in one statement. Returns {problems, households, invitations, deleted}.';
revoke all on function wedsync_internal.place_imported(uuid, wedsync_internal.import_person[], text[], jsonb, bit, boolean) from public;
