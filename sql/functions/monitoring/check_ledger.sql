create or replace function wedsync_internal.check_ledger()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with latest as (
        select distinct on (m.name) m.id, m.kind, m.name
        from wedsync_internal.migrations as m
        where m.outcome = 'applied'
        order by m.name, m.id desc
    ),
    ledger as (
        select
            count(*) filter (where l.kind <> 'finish') as files,
            coalesce(max(l.id) filter (where l.kind = 'finish') = max(l.id), false) as finished,
            exists (select from wedsync_internal.catalog_drift) as drifted
        from latest as l
    )
    select
        'pack',
        case when l.finished and not l.drifted then 'ok' else 'warning' end,
        case
            when not l.finished then 'the last migration was interrupted'
            when l.drifted then 'the last migration found changes that were made by hand'
            else format('%s files applied', l.files)
        end,
        case when not l.finished then 'run `wedsync migrate`' when l.drifted then 'run `wedsync verify`' end
    from ledger as l
$$;
comment on function wedsync_internal.check_ledger() is
'Whether the last migration came to its end, as the ledger has it. What is still to be applied only the files tell: see `wedsync status`.';
revoke all on function wedsync_internal.check_ledger() from public;
