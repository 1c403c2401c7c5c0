create or replace function wedsync_internal.guests_with_needs(couple_id uuid, event_id uuid)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'guest_id', n.id, 'name', n.name, 'meal', n.meal, 'diets', n.diets, 'allergens', n.allergens, 'dietary_note', n.dietary_note
    ) order by n.is_at_risk desc, n.name, n.id), '[]')
    from (
        select
            g.id, nullif(concat_ws(' ', g.first_name, g.last_name), '') as name, g.diets, g.dietary_note,
            (select o.name from wedsync_data.meal_options as o where o.couple_id = $1 and o.id = r.meal_option_id) as meal,
            coalesce(a.allergens, '[]') as allergens, coalesce(a.is_at_risk, false) as is_at_risk
        from wedsync_data.rsvps as r
        join wedsync_data.guests as g on g.couple_id = r.couple_id and g.id = r.guest_id
        left join lateral (
            select
                pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('allergen', x.allergen, 'severity', x.severity, 'note', x.note)
                    order by x.severity = 'anaphylaxis' desc, x.allergen, x.note) as allergens,
                bool_or(x.severity = 'anaphylaxis') as is_at_risk
            from wedsync_data.guest_allergens as x where x.couple_id = g.couple_id and x.guest_id = g.id
        ) as a on true
        where r.couple_id = $1 and r.event_id = $2 and r.status = 'attending' and (g.diets <> '{}' or g.dietary_note ~ '\S' or a.allergens is not null)
        order by coalesce(a.is_at_risk, false) desc, 2, g.id
        limit 1000
    ) as n
$$;
comment on function wedsync_internal.guests_with_needs(uuid, uuid) is 'Guests who attend an event and have diets, allergies or notes for the kitchen, those at risk of anaphylaxis first; at most 1000.';
revoke all on function wedsync_internal.guests_with_needs(uuid, uuid) from public;
