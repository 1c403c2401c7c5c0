create or replace function wedsync_internal.schema_breaking_version()
returns integer
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(max(m.number), 0)
        from wedsync_internal.migrations as m
        where m.breaking and m.outcome = 'applied'
    );
end
$$;
comment on function wedsync_internal.schema_breaking_version() is 'Number of the newest applied breaking migration, or 0. Older workers must not run.';
revoke all on function wedsync_internal.schema_breaking_version() from public;
grant execute on function wedsync_internal.schema_breaking_version() to wedsync_worker;
