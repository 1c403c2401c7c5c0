create or replace function wedsync_internal.names_of_mask(mask bit, taken text[])
returns text[]
language plpgsql
stable
as $$
declare
    names text[] := '{}'::text[];
    missing bit(128) := mask;
    candidate record;
begin
    -- the broadest names within the mask, then narrower ones for the rest
    for candidate in
        select n.name, n.mask
        from wedsync_data.field_names as n
        where n.kind <> 'class' and n.mask & ~ names_of_mask.mask = repeat('0', 128)::bit(128) and n.name <> all (taken)
        order by pg_catalog.bit_count(n.mask) desc, n.kind = 'field' and n.name = n.path desc, n.name
    loop
        if candidate.mask & missing <> repeat('0', 128)::bit(128) then
            names := array_append(names, candidate.name);
            missing := missing & ~ candidate.mask;
        end if;
    end loop;
    return names;
end
$$;
comment on function wedsync_internal.names_of_mask(bit, text[]) is
'Field names that together cover exactly these rights, the broadest first, without excluded names. Fields whose names are all excluded are omitted.';
revoke all on function wedsync_internal.names_of_mask(bit, text[]) from public;
