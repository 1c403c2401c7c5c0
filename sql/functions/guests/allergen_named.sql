create or replace function wedsync_internal.allergen_named(name text)
returns text
language sql
stable
parallel safe
as $$
    select a.allergen
    from wedsync_data.allergens as a
    where a.allergen = lower(btrim(name)) or lower(btrim(name)) = any (a.aliases)
    order by a.position
    limit 1
$$;
comment on function wedsync_internal.allergen_named(text) is 'Allergen of the list that a name means, also one of its other names; null if none.';
revoke all on function wedsync_internal.allergen_named(text) from public;
