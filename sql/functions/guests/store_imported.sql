-- drop: function wedsync_internal.store_imported(uuid, wedsync_internal.import_person[], wedsync_data.rsvps[], uuid, boolean)
create or replace function wedsync_internal.store_imported(
    couple_id uuid, people wedsync_internal.import_person[], companions jsonb, rsvps wedsync_data.rsvps[], target uuid, keeps_notes boolean
)
returns void
language plpgsql
volatile
as $$
declare
    couple record;
    part wedsync_internal.import_person[];
    -- whom a guest accompanies may stand in a later part
    is_one_part constant boolean := cardinality(people) <= 10000;
begin
    select wedsync_internal.plain_name(f.partner1_name) as partner1, wedsync_internal.plain_name(f.partner2_name) as partner2 into couple
    from wedsync_data.core_fields as f where f.couple_id = store_imported.couple_id;
    if exists (select from unnest(rsvps) as r where r.event_id = target)
        and not exists (select from wedsync_data.wedding_events as e where e.couple_id = store_imported.couple_id and e.id = target) then
        insert into wedsync_data.wedding_events (couple_id, id, name, kind, is_main) values (store_imported.couple_id, target, 'Wedding', 'reception', true);
    end if;
    -- in parts that the record engine appends as one change each; a household does not fall apart unless its rows do
    for start in 1..cardinality(people) by 10000 loop
        part := people[start:start + 9999];
        insert into wedsync_data.households (couple_id, id, name, line1, line2, city, region, postcode, country)
        select
            store_imported.couple_id, h.household_id, h.household_name, left(h.f ->> 'line1', 200), left(h.f ->> 'line2', 200), left(h.f ->> 'city', 100),
            left(h.f ->> 'region', 100), left(wedsync_internal.import_postcode(h.f), 20), left(h.f ->> 'country', 100)
        from (
            -- the address of the first row that has one
            select distinct on (p.household_id) p.* from unnest(part) as p where not p.is_known and p.has_new_home and p.household_name is not null
            order by p.household_id, p.f ? 'line1' desc, p.row_no, p.position
        ) as h
        on conflict on constraint households_pkey do nothing;
        with heads as (
            select distinct on (p.household_id) p.household_id, p.id
            from unnest(part) as p where not p.is_known and p.role = 'first' and p.age_class = 'adult' order by p.household_id, p.row_no
        )
        insert into wedsync_data.guests (
            couple_id, id, household_id, title, first_name, last_name, suffix, side, relationship, age_class, plus_one_of, plus_one_allowed, email, other_emails, phone,
            language, diets, dietary_note, accessibility, transport
        )
        select
            store_imported.couple_id, p.id, p.household_id, p.title, p.first_name, p.last_name, p.suffix,
            case
                when not p.f ? 'side' then null
                when s.side in ('bride', 'braut', 'novia', 'partner 1', 'partner1') or couple.partner1 <> '' and s.side = couple.partner1 or s.side || ' ' = left(couple.partner1, length(s.side) + 1) then 'partner1'
                when s.side in ('groom', 'brautigam', 'novio', 'partner 2', 'partner2') or couple.partner2 <> '' and s.side = couple.partner2 or s.side || ' ' = left(couple.partner2, length(s.side) + 1) then 'partner2'
                when s.side ~ '^(both|beide|ambos|couple|paar|pareja)' then 'both'
            end,
            left(p.f ->> 'relationship', 100), p.age_class,
            case
                when p.role in ('unnamed', 'plus_one') and p.age_class = 'adult' then coalesce(f.id, h.id)
                when is_one_part then (companions ->> p.id::text)::uuid
            end,
            p.role = 'first' and p.f ? 'plus_one_allowed' and coalesce(wedsync_internal.text_number(p.f ->> 'plus_one_allowed'), 0) <> 0,
            p.email, p.other_emails, p.phone, case when p.role = 'first' then left(p.f ->> 'language', 35) end,
            coalesce(n.diets, '{}'), coalesce(case when p.role = 'first' then left(p.f ->> 'dietary_note', 1000) end, p.needs ->> 'note'),
            case when p.role = 'first' then left(p.f ->> 'accessibility', 1000) end, case when p.role = 'first' then left(p.f ->> 'transport', 1000) end
        from unnest(part) as p
        left join unnest(part) as f on f.row_no = p.row_no and f.position = 0 and not f.is_known and f.id <> p.id and p.role in ('unnamed', 'plus_one')
        -- a companion in a row of their own accompanies the first of the household
        left join heads as h on p.role = 'unnamed' and h.household_id = p.household_id
        left join lateral (select wedsync_internal.plain_name(p.f ->> 'side') as side where p.f ? 'side') as s on true
        left join lateral (select array(select left(d.diet, 50) from pg_catalog.jsonb_array_elements_text(p.needs -> 'diets') as d (diet)) as diets where p.needs is not null) as n on true
        where not p.is_known;
    end loop;
    if companions is not null and not is_one_part then
        update wedsync_data.guests as g set plus_one_of = c.value::uuid
        from pg_catalog.jsonb_each_text(companions) as c
        where g.couple_id = store_imported.couple_id and g.id = c.key::uuid;
    end if;
    insert into wedsync_data.guest_allergens (couple_id, guest_id, allergen, severity, note)
    select distinct on (p.id, l.allergen, l.detail) store_imported.couple_id, p.id, l.allergen, a.value ->> 'severity', l.detail
    from unnest(people) as p
    cross join lateral pg_catalog.jsonb_array_elements(p.needs -> 'allergens') as a
    cross join lateral wedsync_internal.listed_allergen(a.value ->> 'allergen', a.value ->> 'note') as l
    where not p.is_known and p.needs is not null
    order by p.id, l.allergen, l.detail, array_position('{anaphylaxis,severe,mild}', a.value ->> 'severity');
    if keeps_notes then
        insert into wedsync_data.guest_notes (couple_id, guest_id, gift, thank_you_sent, notes)
        select
            store_imported.couple_id, p.id, left(p.f ->> 'gift', 500), coalesce(wedsync_internal.text_number(p.f ->> 'thank_you_sent'), 0) > 0, left(p.f ->> 'notes', 5000)
        from unnest(people) as p
        where not p.is_known and p.role = 'first' and p.f ?| '{gift,thank_you_sent,notes}';
    end if;
    insert into wedsync_data.rsvps (couple_id, id, event_id, guest_id, status, meal_option_id, comment, answered_at, answered_via)
    select r.couple_id, r.id, r.event_id, r.guest_id, r.status, r.meal_option_id, r.comment, r.answered_at, r.answered_via from unnest(rsvps) as r;
    if target is not null and exists (select from unnest(people) as p where not p.is_known and p.f ? 'table') then
        perform wedsync_internal.seat_imported(couple_id, people, target);
    end if;
end
$$;
comment on function wedsync_internal.store_imported(uuid, wedsync_internal.import_person[], jsonb, wedsync_data.rsvps[], uuid, boolean) is
'Stores the people of a guest list, for place_imported: households and guests, ten thousand people at a time, then allergies, notes, replies and seats.';
revoke all on function wedsync_internal.store_imported(uuid, wedsync_internal.import_person[], jsonb, wedsync_data.rsvps[], uuid, boolean) from public;
