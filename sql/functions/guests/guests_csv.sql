create or replace function wedsync_internal.guests_csv(couple_id uuid, readable bit, max_rows integer, skip integer)
returns text
language sql
stable
as $$
    -- the views show what the caller may read; columns of which that is nothing are left out
    with events as materialized (
        select e.id, e.name, row_number() over (order by e.position nulls last, e.starts_at nulls last, e.name, e.id) as n
        from wedsync.wedding_events as e where e.couple_id = $1
    ),
    columns as materialized (
        select c.heading, c.field, null::uuid as event_id, c.n
        from (values
            ('Household', 'household', 'guests.household', 1), ('Title', 'title', 'guests.names', 2), ('First name', 'first_name', 'guests.names', 3),
            ('Last name', 'last_name', 'guests.names', 4), ('Suffix', 'suffix', 'guests.names', 5), ('Side', 'side', 'guests.names', 6),
            ('Relationship', 'relationship', 'guests.names', 7), ('Age class', 'age_class', 'guests.names', 8), ('Plus one allowed', 'plus_one_allowed', 'guests.names', 9),
            ('Email', 'email', 'guests.contact', 10), ('Phone', 'phone', 'guests.contact', 11), ('Language', 'language', 'guests.contact', 12),
            ('Address', 'line1', 'guests.household', 13), ('Address 2', 'line2', 'guests.household', 14), ('City', 'city', 'guests.household', 15),
            ('Region', 'region', 'guests.household', 16), ('Postcode', 'postcode', 'guests.household', 17), ('Country', 'country', 'guests.household', 18),
            ('Diets', 'diets', 'guests.dietary', 19), ('Allergies', 'allergies', 'guests.dietary', 20), ('Dietary note', 'dietary_note', 'guests.dietary', 21),
            ('Accessibility', 'accessibility', 'guests.accessibility', 22), ('Transport', 'transport', 'guests.accessibility', 23),
            ('Gift', 'gift', 'guests.private', 24), ('Thank you sent', 'thank_you_sent', 'guests.private', 25), ('Notes', 'notes', 'guests.private', 26)
        ) as c (heading, field, names, n)
        where $2 & wedsync_internal.names_mask(array[c.names]) = wedsync_internal.names_mask(array[c.names])
        union all
        select 'RSVP ' || e.name, 'rsvp:' || e.id, e.id, 100 + e.n from events as e
        where $2 & wedsync_internal.names_mask('{guests.rsvp}') = wedsync_internal.names_mask('{guests.rsvp}')
    ),
    rows as materialized (
        select row_number() over (order by lower(h.name) nulls last, g.plus_one_of is not null, lower(g.last_name), lower(g.first_name), g.id) as n, g.*, h.name as household,
            h.line1, h.line2, h.city, h.region, h.postcode, h.country
        from wedsync.guests as g
        left join wedsync.households as h on h.couple_id = g.couple_id and h.id = g.household_id
        where g.couple_id = $1
        order by lower(h.name) nulls last, g.plus_one_of is not null, lower(g.last_name), lower(g.first_name), g.id
        limit $3 offset $4
    ),
    allergies as (
        select a.guest_id, string_agg(
            concat_ws(' ', case when a.allergen = 'other' then a.note else coalesce(nullif(a.note, ''), a.allergen) end, '(' || a.severity || ')'), '; ' order by a.allergen, a.note
        ) as text
        from wedsync.guest_allergens as a where a.couple_id = $1 group by a.guest_id
    ),
    replies as (
        select r.guest_id, pg_catalog.jsonb_object_agg('rsvp:' || r.event_id, r.status) as status from wedsync.rsvps as r where r.couple_id = $1 group by r.guest_id
    ),
    lines as (
        select r.n, pg_catalog.jsonb_build_object(
            'household', r.household, 'title', r.title, 'first_name', coalesce(r.first_name, case when r.last_name is null then 'Guest' end), 'last_name', r.last_name, 'suffix', r.suffix,
            'side', r.side, 'relationship', r.relationship, 'age_class', r.age_class, 'plus_one_allowed', case when r.plus_one_allowed then 'yes' end,
            'email', concat_ws('; ', nullif(r.email, ''), nullif(array_to_string(r.other_emails, '; '), '')), 'phone', r.phone, 'language', r.language, 'line1', r.line1, 'line2', r.line2, 'city', r.city,
            'region', r.region, 'postcode', r.postcode, 'country', r.country, 'diets', array_to_string(r.diets, '; '), 'allergies', a.text,
            'dietary_note', r.dietary_note, 'accessibility', r.accessibility, 'transport', r.transport, 'gift', p.gift,
            'thank_you_sent', case when p.thank_you_sent then 'yes' end, 'notes', p.notes
        ) || coalesce(s.status, '{}') as f
        from rows as r
        left join allergies as a on a.guest_id = r.id
        left join replies as s on s.guest_id = r.id
        left join wedsync.guest_notes as p on p.couple_id = $1 and p.guest_id = r.id
    )
    select
        (select string_agg(wedsync_internal.csv_cell(c.heading), ',' order by c.n) from columns as c) || E'\r\n'
        || coalesce(string_agg((select string_agg(wedsync_internal.csv_cell(l.f ->> c.field), ',' order by c.n) from columns as c) || E'\r\n', '' order by l.n), '')
    from lines as l
$$;
comment on function wedsync_internal.guests_csv(uuid, bit, integer, integer) is 'Guests as CSV, for export_guests: the columns that the rights cover, and the replies to each event.';
revoke all on function wedsync_internal.guests_csv(uuid, bit, integer, integer) from public;
