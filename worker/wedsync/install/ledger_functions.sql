-- Functions to read and write the ledger, for `wedsync migrate`, its psql script and other callers.
-- Applied with the ledger, and again at the start of every migration with pending files.

create or replace function wedsync_internal.applied_migrations()
returns setof wedsync_internal.migrations
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (m.name) m.*
    from wedsync_internal.migrations as m
    where m.outcome = 'applied'
    order by m.name, m.id desc
$$;
comment on function wedsync_internal.applied_migrations() is 'The latest applied attempt of each file of the pack, and of the closing step.';
revoke all on function wedsync_internal.applied_migrations() from public;

create or replace function wedsync_internal.unfinished_migrations()
returns setof wedsync_internal.migrations
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select l.*
    from (
        select distinct on (m.name) m.*
        from wedsync_internal.migrations as m
        order by m.name, m.id desc
    ) as l
    where l.outcome <> 'applied'
    order by l.name
$$;
comment on function wedsync_internal.unfinished_migrations() is 'Files whose latest attempt failed, was killed or is running.';
revoke all on function wedsync_internal.unfinished_migrations() from public;

create or replace function wedsync_internal.migrations_finished()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(max(m.id) filter (where m.kind = 'finish') = max(m.id), false)
    from wedsync_internal.migrations as m
    where m.outcome = 'applied'
$$;
comment on function wedsync_internal.migrations_finished() is 'Whether the last migration came to its end: nothing was applied after its closing step.';
revoke all on function wedsync_internal.migrations_finished() from public;

create or replace function wedsync_internal.begin_migration(
    run uuid, kind text, number integer, name text, checksum text, breaking boolean, tool_version text
)
returns bigint
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into wedsync_internal.migrations (run, kind, number, name, checksum, breaking, outcome, tool_version)
    values ($1, $2, $3, $4, $5, $6, 'started', $7)
    returning id
$$;
comment on function wedsync_internal.begin_migration(uuid, text, integer, text, text, boolean, text) is
'Notes that an attempt to apply a file begins
Returns its id. Commit it before the file is applied, so that an attempt that is killed can be seen.';
revoke all on function wedsync_internal.begin_migration(uuid, text, integer, text, text, boolean, text) from public;

create or replace function wedsync_internal.end_migrations(ids bigint [], outcome text, error text default null)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    update wedsync_internal.migrations as m
    set outcome = $2, error = $3, finished_at = pg_catalog.clock_timestamp()
    where m.id = any ($1)
$$;
comment on function wedsync_internal.end_migrations(bigint[], text, text) is 'Notes how attempts ended: applied or failed, with what PostgreSQL said.';
revoke all on function wedsync_internal.end_migrations(bigint[], text, text) from public;
