create or replace function wedsync_internal.dietary_needs_of(couple_id uuid, event_id uuid)
returns jsonb
language sql
stable
as $$
    with coming as materialized (
        select r.guest_id, r.meal_option_id, r.additional_guests, g.diets, g.dietary_note
        from wedsync_data.rsvps as r
        join wedsync_data.guests as g on g.couple_id = r.couple_id and g.id = r.guest_id
        where r.couple_id = $1 and r.event_id = $2 and r.status = 'attending'
    ),
    diets as (
        select c.meal_option_id, lower(btrim(d.diet)) as diet, count(distinct c.guest_id) as guests
        from coming as c cross join lateral unnest(c.diets) as d (diet)
        group by grouping sets ((c.meal_option_id, lower(btrim(d.diet))), (lower(btrim(d.diet))))
        having grouping(c.meal_option_id) = 1 or c.meal_option_id is not null
    ),
    allergic as materialized (
        select c.guest_id, c.meal_option_id, a.allergen, a.severity, case a.allergen when 'other' then lower(btrim(a.note)) end as name
        from coming as c
        join wedsync_data.guest_allergens as a on a.couple_id = $1 and a.guest_id = c.guest_id
    ),
    allergens as (
        select a.meal_option_id, a.allergen, a.severity, a.name, count(distinct a.guest_id) as guests
        from allergic as a
        group by grouping sets ((a.meal_option_id, a.allergen, a.severity, a.name), (a.allergen, a.severity, a.name))
        having grouping(a.meal_option_id) = 1 or a.meal_option_id is not null
    ),
    lines as (
        select
            o.id,
            pg_catalog.jsonb_build_object(
                'diets', coalesce((
                    select pg_catalog.jsonb_object_agg(d.diet, d.guests) from diets as d where d.meal_option_id is not distinct from o.id
                ), '{}'),
                'allergens', coalesce((
                    select pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
                        'allergen', a.allergen, 'name', a.name, 'severity', a.severity, 'guests', a.guests
                    )) order by a.severity = 'anaphylaxis' desc, a.allergen, a.severity desc, a.name)
                    from allergens as a where a.meal_option_id is not distinct from o.id
                ), '[]'),
                'anaphylaxis', (
                    select count(distinct a.guest_id) from allergic as a where a.severity = 'anaphylaxis' and (o.id is null or a.meal_option_id = o.id)
                )
            ) as needs
        from (
            select null::uuid as id
            union all
            select m.id from wedsync_data.meal_options as m where m.couple_id = $1 and m.event_id = $2
        ) as o
    )
    select l.needs || pg_catalog.jsonb_build_object(
        'guests', (select coalesce(sum(1 + c.additional_guests), 0) from coming as c),
        'unnamed_guests', (select coalesce(sum(c.additional_guests), 0) from coming as c),
        'notes', (select count(*) from coming as c where c.dietary_note ~ '\S'),
        'without_meal', (select coalesce(sum(1 + c.additional_guests), 0) from coming as c where c.meal_option_id is null),
        'meals', coalesce((
            select pg_catalog.jsonb_agg(m.needs || pg_catalog.jsonb_build_object(
                'meal_option_id', o.id, 'name', o.name,
                'guests', (select coalesce(sum(1 + c.additional_guests), 0) from coming as c where c.meal_option_id = o.id)
            ) order by o.name, o.id)
            from lines as m
            join wedsync_data.meal_options as o on o.couple_id = $1 and o.id = m.id
        ), '[]')
    )
    from lines as l where l.id is null
$$;
comment on function wedsync_internal.dietary_needs_of(uuid, uuid) is
'What the guests who attend an event eat and must not eat, as numbers without names
{guests, unnamed_guests, without_meal, notes, diets: {diet: guests}, allergens: [{allergen, name, severity, guests}], anaphylaxis, meals: [{meal_option_id, name, guests, diets, allergens, anaphylaxis}]}. name is that of an allergen which is not listed. notes and anaphylaxis are numbers of guests.';
revoke all on function wedsync_internal.dietary_needs_of(uuid, uuid) from public;
