create or replace function wedsync_internal.website_place(name text, address text)
returns jsonb
language sql
immutable
parallel safe
as $$
    select case when num_nonnulls($1, $2) > 0 then pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        '@type', 'Place', 'name', $1, 'address', case when $2 is not null then pg_catalog.jsonb_build_object('@type', 'PostalAddress', 'streetAddress', $2) end
    )) end
$$;
comment on function wedsync_internal.website_place(text, text) is 'A Place of schema.org; null if neither name nor address is known.';
revoke all on function wedsync_internal.website_place(text, text) from public;
