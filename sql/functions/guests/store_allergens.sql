create or replace function wedsync_internal.store_allergens(couple_id uuid, allergens jsonb, guest_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    with given as materialized (
        select distinct on (n.allergen, n.note) n.*
        from (
            select l.allergen, coalesce(a.value ->> 'severity', 'severe') as severity, l.detail as note
            from pg_catalog.jsonb_array_elements(allergens) as a
            cross join lateral wedsync_internal.listed_allergen(a.value ->> 'allergen', a.value ->> 'note') as l
        ) as n
        -- given twice, the worse counts
        order by n.allergen, n.note, array_position('{anaphylaxis,severe,mild}', n.severity)
    ),
    gone as (
        delete from wedsync_data.guest_allergens as a
        where a.couple_id = store_allergens.couple_id and a.guest_id = store_allergens.guest_id
            and not exists (select from given as g where g.allergen = a.allergen and g.note = a.note)
    ),
    kept as (
        update wedsync_data.guest_allergens as a set severity = g.severity
        from given as g
        where a.couple_id = store_allergens.couple_id and a.guest_id = store_allergens.guest_id and a.allergen = g.allergen and a.note = g.note
            and a.severity <> g.severity
    )
    insert into wedsync_data.guest_allergens (couple_id, guest_id, allergen, severity, note)
    select store_allergens.couple_id, store_allergens.guest_id, g.allergen, g.severity, g.note
    from given as g
    where not exists (
        select from wedsync_data.guest_allergens as a
        where a.couple_id = store_allergens.couple_id and a.guest_id = store_allergens.guest_id and a.allergen = g.allergen and a.note = g.note
    );
end
$$;
comment on function wedsync_internal.store_allergens(uuid, jsonb, uuid) is
'Makes [{allergen, severity, note}] the allergies of a guest: what is not in it is deleted, what is the same stays as it is.';
revoke all on function wedsync_internal.store_allergens(uuid, jsonb, uuid) from public;
