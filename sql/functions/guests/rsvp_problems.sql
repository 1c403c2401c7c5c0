create or replace function wedsync_internal.rsvp_problems(couple_id uuid, replies jsonb, household_id uuid default null)
returns jsonb
language sql
stable
as $$
    with given as (
        select
            e.value as reply, 'replies.' || (e.position - 1) as path,
            case when e.value ->> 'guest_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (e.value ->> 'guest_id')::uuid end as guest_id,
            case when e.value ->> 'event_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (e.value ->> 'event_id')::uuid end as event_id,
            case when e.value ->> 'meal_option_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (e.value ->> 'meal_option_id')::uuid end as meal_id
        from pg_catalog.jsonb_array_elements(replies) with ordinality as e (value, position)
    ),
    known as materialized (
        select g.*, w.plus_one_allowed, w.id is not null and (rsvp_problems.household_id is null or w.household_id = rsvp_problems.household_id) as is_guest,
            r.id is not null as is_invited, e.id is not null as is_event, w.plus_one_of is not null and coalesce(w.first_name, w.last_name, '') = '' as is_unnamed
        from given as g
        left join wedsync_data.guests as w on w.couple_id = rsvp_problems.couple_id and w.id = g.guest_id
        left join wedsync_data.wedding_events as e on e.couple_id = rsvp_problems.couple_id and e.id = g.event_id
        left join wedsync_data.rsvps as r on r.couple_id = rsvp_problems.couple_id and r.guest_id = g.guest_id and r.event_id = g.event_id
    ),
    problems as (
        select k.path || '.' || x.key as path, 'unknown_path' as rule
        from known as k cross join lateral pg_catalog.jsonb_object_keys(k.reply) as x (key)
        where x.key not in (
            'guest_id', 'event_id', 'status', 'meal_option_id', 'additional_guests', 'comment', 'diets', 'dietary_note', 'allergens', 'first_name', 'last_name'
        )
        union all
        select k.path || '.guest_id', 'no_such_row' from known as k where not k.is_guest
        union all
        -- a household replies to what it is invited to
        select k.path || '.event_id', 'no_such_row' from known as k
        where coalesce(k.reply -> 'event_id', 'null') <> 'null' and not case when rsvp_problems.household_id is null then k.is_event else k.is_guest and k.is_invited end
        union all
        select k.path || '.event_id', 'required' from known as k
        where coalesce(k.reply -> 'event_id', 'null') = 'null' and k.reply ?| '{status,meal_option_id,additional_guests,comment}'
        union all
        select k.path || '.status', 'required' from known as k where k.is_event and not k.is_invited and k.reply ->> 'status' is null
        union all
        select k.path || '.status', 'rsvp_status' from known as k
        where k.reply ? 'status' and (pg_catalog.jsonb_typeof(k.reply -> 'status') <> 'string' or wedsync_internal.rsvp_status_named(left(k.reply ->> 'status', 100)) is null)
        union all
        -- what only the couple decides
        select k.path || '.status', 'rsvp_status' from known as k
        where rsvp_problems.household_id is not null and wedsync_internal.rsvp_status_named(left(k.reply ->> 'status', 100)) in ('pending', 'waitlist')
        union all
        select k.path || '.meal_option_id', 'meal_of_the_event' from known as k
        where coalesce(k.reply -> 'meal_option_id', 'null') <> 'null' and not exists (
            select from wedsync_data.meal_options as m where m.couple_id = rsvp_problems.couple_id and m.event_id = k.event_id and m.id = k.meal_id
        )
        union all
        select k.path || '.additional_guests', n.rule
        from known as k
        cross join lateral (
            select coalesce(
                wedsync_internal.value_problem(
                    'integer', null, 0, case when rsvp_problems.household_id is null then 20 when k.plus_one_allowed then 1 else 0 end, null, k.reply -> 'additional_guests'
                ),
                case when k.reply -> 'additional_guests' = 'null' then 'required' end
            ) as rule
        ) as n where n.rule is not null
        union all
        select k.path || '.' || t.name, t.rule
        from known as k
        cross join lateral (
            select v.name, wedsync_internal.value_problem('text', v.most, null, null, null, k.reply -> v.name) as rule
            from (values ('comment', 1000), ('dietary_note', 1000), ('first_name', 100), ('last_name', 100)) as v (name, most)
        ) as t where t.rule is not null
        union all
        -- names are those of the couple, but for a companion whose name was not known
        select k.path || '.' || v.name, 'read_only' from known as k cross join (values ('first_name'), ('last_name')) as v (name)
        where k.reply ? v.name and not k.is_unnamed
        union all
        select k.path || '.diets', d.rule
        from known as k
        cross join lateral (
            select coalesce(
                wedsync_internal.value_problem('text_set', 50, null, null, 20, k.reply -> 'diets'), case when k.reply -> 'diets' = 'null' then 'required' end
            ) as rule
        ) as d where d.rule is not null
        union all
        select k.path || '.allergens', 'array_of_objects' from known as k
        where k.reply ? 'allergens' and (
            pg_catalog.jsonb_typeof(k.reply -> 'allergens') <> 'array'
            or pg_catalog.jsonb_path_exists(k.reply, 'strict $.allergens[*] ? (@.type() <> "object")', '{}', true)
            or pg_catalog.jsonb_array_length(case pg_catalog.jsonb_typeof(k.reply -> 'allergens') when 'array' then k.reply -> 'allergens' else '[]' end) > 20
        )
        union all
        select k.path || '.allergens.' || (a.position - 1) || '.' || x.name, x.rule
        from known as k
        cross join lateral pg_catalog.jsonb_array_elements(
            case pg_catalog.jsonb_typeof(k.reply -> 'allergens') when 'array' then k.reply -> 'allergens' else '[]' end
        ) with ordinality as a (value, position)
        cross join lateral (
            values
            (
                'allergen',
                coalesce(
                    wedsync_internal.value_problem('text', 50, null, null, null, a.value -> 'allergen'),
                    case when coalesce(a.value ->> 'allergen', '') !~ '\S' then 'required' end
                )
            ),
            (
                'severity',
                case when coalesce(a.value -> 'severity', '"severe"') not in ('"mild"', '"severe"', '"anaphylaxis"') then 'severity' end
            ),
            (
                'note',
                coalesce(
                    wedsync_internal.value_problem('text', 400, null, null, null, a.value -> 'note'),
                    case when lower(btrim(a.value ->> 'allergen')) = 'other' and coalesce(a.value ->> 'note', '') !~ '\S' then 'allergen_named_in_note' end
                )
            )
        ) as x (name, rule)
        where pg_catalog.jsonb_typeof(a.value) = 'object' and x.rule is not null
        union all
        select k.path, 'given_twice' from (
            select k.path, row_number() over (partition by k.guest_id, k.event_id order by k.path) as n from known as k where k.guest_id is not null
        ) as k where k.n > 1
    )
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule) order by p.path, p.rule), '[]')
    from (select distinct q.path, q.rule from problems as q) as p
$$;
comment on function wedsync_internal.rsvp_problems(uuid, jsonb, uuid) is
'What is wrong with the replies of guests: [{path, rule}]. With a household, its own guests may reply to their invitations only. replies is an array of objects.';
revoke all on function wedsync_internal.rsvp_problems(uuid, jsonb, uuid) from public;
