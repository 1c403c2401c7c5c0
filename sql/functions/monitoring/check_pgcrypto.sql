create or replace function wedsync_internal.check_pgcrypto()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        'pgcrypto',
        'ok',
        case
            when e.installed_version is not null then 'installed, version ' || e.installed_version
            when e.name is not null then 'not installed; column encryption is off'
            else 'not available on this server; column encryption is not possible'
        end,
        case when e.name is not null and e.installed_version is null then 'create extension pgcrypto;' end
    from (select) as one
    left join pg_catalog.pg_available_extensions as e on e.name = 'pgcrypto'
$$;
comment on function wedsync_internal.check_pgcrypto() is
'Whether the extension for column encryption is installed.';
revoke all on function wedsync_internal.check_pgcrypto() from public;
