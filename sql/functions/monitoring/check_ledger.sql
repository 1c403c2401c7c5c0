create or replace function wedsync_internal.check_ledger()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with ledger as (
        select
            (select count(*) from wedsync_internal.applied_migrations() as m where m.kind <> 'finish') as files,
            wedsync_internal.migrations_finished() as finished,
            exists (select from wedsync_internal.catalog_drift) as drifted
    )
    select
        'pack',
        case when l.finished and not l.drifted then 'ok' else 'warning' end,
        case
            when not l.finished then 'the last migration was interrupted'
            when l.drifted then 'the last migration found manual changes'
            else format('%s files applied', l.files)
        end,
        case when not l.finished then 'run `wedsync migrate`' when l.drifted then 'run `wedsync verify`' end
    from ledger as l
$$;
comment on function wedsync_internal.check_ledger() is
'Whether the last migration was completed, according to the ledger. For pending files see `wedsync status`.';
revoke all on function wedsync_internal.check_ledger() from public;
