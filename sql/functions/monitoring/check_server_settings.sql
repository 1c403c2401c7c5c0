create or replace function wedsync_internal.check_server_settings()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with settings as (
        select s.name, s.setting from pg_catalog.pg_settings as s
        where s.name in ('fsync', 'full_page_writes', 'autovacuum', 'row_security', 'server_encoding', 'ssl', 'archive_mode')
    )
    select s.name, 'warning', 'off: a crash can destroy the cluster', format('alter system set %s = on;', s.name)
    from settings as s where s.name in ('fsync', 'full_page_writes') and s.setting <> 'on'
    union all
    select s.name, 'failed', 'off', format('set %s = on', s.name)
    from settings as s where s.name in ('autovacuum', 'row_security') and s.setting <> 'on'
    union all
    select 'encoding', 'failed', s.setting, 'use a database with encoding UTF8'
    from settings as s where s.name = 'server_encoding' and s.setting <> 'UTF8'
    union all
    select 'ssl', 'warning', 'connections over the network are not encrypted', 'alter system set ssl = on;'
    from settings as s
    where s.name = 'ssl' and s.setting <> 'on' and not pg_catalog.inet_server_addr() <<= inet '127.0.0.0/8'
    union all
    select
        'server settings', 'ok',
        format('ssl %s, WAL archiving %s', max(s.setting) filter (where s.name = 'ssl'), max(s.setting) filter (where s.name = 'archive_mode')), null
    from settings as s
$$;
comment on function wedsync_internal.check_server_settings() is
'Server settings that put data at risk or disable row security: one row for each problem, and a summary.';
revoke all on function wedsync_internal.check_server_settings() from public;
