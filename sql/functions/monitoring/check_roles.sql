create or replace function wedsync_internal.check_roles()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with roles (rolname) as (
        select unnest(array['anon', 'authenticated', 'service_role', 'wedsync_admin', 'wedsync_owner', 'wedsync_worker'])
    ),
    found as (
        select
            string_agg(n.rolname, ', ' order by n.rolname) filter (where r.oid is null) as missing,
            string_agg(format('create role %I nologin;', n.rolname), ' ' order by n.rolname) filter (where r.oid is null) as statements,
            string_agg(n.rolname, ', ' order by n.rolname)
                filter (where n.rolname like 'wedsync\_%' and (r.rolsuper or r.rolbypassrls)) as mighty
        from roles as n
        left join pg_catalog.pg_roles as r on n.rolname = r.rolname
    )
    select
        'roles',
        case when f.missing is null and f.mighty is null then 'ok' else 'failed' end,
        case
            when f.missing is not null then 'missing: ' || f.missing
            when f.mighty is not null then f.mighty || ' can bypass row security'
            else 'all present, without superuser or BYPASSRLS'
        end,
        case
            when f.missing is not null then 'as an administrator: ' || f.statements
            when f.mighty is not null then 'alter role … nosuperuser nobypassrls;'
        end
    from found as f
$$;
comment on function wedsync_internal.check_roles() is
'Whether all roles of the pack exist, and none of ours can bypass row security.';
revoke all on function wedsync_internal.check_roles() from public;
