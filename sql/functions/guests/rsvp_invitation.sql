create or replace function wedsync_internal.rsvp_invitation(couple_id uuid, household_id uuid)
returns jsonb
language sql
stable
as $$
    with invited as materialized (
        select g.* from wedsync_data.guests as g where g.couple_id = $1 and g.household_id = $2
    ),
    replies as materialized (
        select r.* from wedsync_data.rsvps as r where r.couple_id = $1 and r.guest_id in (select i.id from invited as i)
    )
    select pg_catalog.jsonb_build_object(
        'couple', (select concat_ws(' & ', nullif(f.partner1_name, ''), nullif(f.partner2_name, '')) from wedsync_data.core_fields as f where f.couple_id = $1),
        'date', (select f.wedding_date from wedsync_data.core_fields as f where f.couple_id = $1),
        'time_zone', (select f.time_zone from wedsync_data.core_fields as f where f.couple_id = $1),
        'household', (select h.name from wedsync_data.households as h where h.couple_id = $1 and h.id = $2),
        'events', coalesce((
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'id', e.id, 'name', e.name, 'kind', e.kind, 'starts_at', e.starts_at, 'ends_at', e.ends_at, 'place', e.place,
                'meals', coalesce((
                    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', m.id, 'name', m.name, 'diets', m.diets) order by m.name, m.id)
                    from wedsync_data.meal_options as m where m.couple_id = $1 and m.event_id = e.id
                ), '[]')
            ) order by e.position nulls last, e.starts_at nulls last, e.name, e.id)
            from wedsync_data.wedding_events as e where e.couple_id = $1 and e.id in (select r.event_id from replies as r)
        ), '[]'),
        'guests', coalesce((
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'guest_id', i.id, 'first_name', i.first_name, 'last_name', i.last_name, 'age_class', i.age_class, 'plus_one_allowed', i.plus_one_allowed,
                'is_unnamed', i.plus_one_of is not null and coalesce(i.first_name, i.last_name, '') = '', 'diets', i.diets, 'dietary_note', i.dietary_note,
                'allergens', coalesce((
                    select pg_catalog.jsonb_agg(
                        pg_catalog.jsonb_build_object('allergen', a.allergen, 'severity', a.severity, 'note', a.note) order by a.allergen, a.note
                    )
                    from wedsync_data.guest_allergens as a where a.couple_id = $1 and a.guest_id = i.id
                ), '[]'),
                'replies', coalesce((
                    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                        'event_id', r.event_id, 'status', r.status, 'meal_option_id', r.meal_option_id, 'additional_guests', r.additional_guests,
                        'comment', r.comment
                    ) order by r.event_id)
                    from replies as r where r.guest_id = i.id
                ), '[]')
            ) order by i.age_class = 'infant', i.age_class = 'child', i.plus_one_of is not null, i.created_at, i.last_name, i.first_name, i.id)
            from invited as i
        ), '[]')
    )
$$;
comment on function wedsync_internal.rsvp_invitation(uuid, uuid) is 'What a household sees of its invitation, for get_rsvp.';
revoke all on function wedsync_internal.rsvp_invitation(uuid, uuid) from public;
