create or replace function wedsync_internal.is_audience(audience jsonb)
returns boolean
language sql
immutable
parallel safe
as $$
    select audience is null or pg_catalog.jsonb_typeof(audience) = 'object' and coalesce((
        select bool_and(
            a.key in ('users', 'suppliers', 'roles', 'contacts') and pg_catalog.jsonb_typeof(a.value) = 'array'
            and case when pg_catalog.jsonb_typeof(a.value) = 'array' then pg_catalog.jsonb_array_length(a.value) <= 1000 and not exists (
                select from pg_catalog.jsonb_array_elements(a.value) as v (value)
                where pg_catalog.jsonb_typeof(v.value) <> 'string'
                    or a.key <> 'roles' and v.value #>> '{}' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            ) end
        ) from pg_catalog.jsonb_each(audience) as a
    ), true)
$$;
comment on function wedsync_internal.is_audience(jsonb) is 'Whether a value is an audience of notify, or null.';
revoke all on function wedsync_internal.is_audience(jsonb) from public;
