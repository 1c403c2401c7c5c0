create schema if not exists wedsync_internal;

create table wedsync_internal.migrations (
    id bigint generated always as identity primary key,
    run uuid not null,
    kind text not null constraint migrations_kind check (kind in ('schema', 'function', 'policy', 'finish')),
    number integer,
    name text not null,
    checksum text not null,
    breaking boolean not null default false,
    outcome text not null constraint migrations_outcome check (outcome in ('started', 'applied', 'failed')),
    applied_by text not null default session_user,
    tool_version text not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    error text,
    constraint migrations_finished check ((outcome = 'started') = (finished_at is null))
);
create index migrations_name_idx on wedsync_internal.migrations (name, id);
alter table wedsync_internal.migrations enable row level security;

comment on table wedsync_internal.migrations is
'WedSync ledger of migrations
Each attempt to apply a file of the pack is one row. The state of a file is its latest row with outcome applied.';
comment on column wedsync_internal.migrations.id is 'Order of the attempts.';
comment on column wedsync_internal.migrations.run is 'The call of the tool that this attempt belonged to.';
comment on column wedsync_internal.migrations.kind is
'schema: versioned, applied once. function and policy: re-applied when changed. finish: the closing step of a run.';
comment on column wedsync_internal.migrations.number is 'Number of a versioned file, else null.';
comment on column wedsync_internal.migrations.name is 'Path of the file below sql/, without its ending.';
comment on column wedsync_internal.migrations.checksum is 'SHA-256 of the text with LF line endings; for finish, of all files together.';
comment on column wedsync_internal.migrations.breaking is 'Whether workers that do not know this file must refuse to run.';
comment on column wedsync_internal.migrations.outcome is
'started: running, or its process was killed before the file was kept. applied: kept. failed: refused by PostgreSQL, nothing kept.';
comment on column wedsync_internal.migrations.applied_by is 'The role that had logged in.';
comment on column wedsync_internal.migrations.tool_version is 'Version of WedSync that did it.';
comment on column wedsync_internal.migrations.started_at is 'When the attempt began.';
comment on column wedsync_internal.migrations.finished_at is 'When it ended; null while started.';
comment on column wedsync_internal.migrations.error is 'What PostgreSQL said when it failed.';

create table wedsync_internal.catalog_expected (
    object text not null,
    aspect text not null,
    value text not null,
    constraint catalog_expected_pkey primary key (object, aspect)
);
alter table wedsync_internal.catalog_expected enable row level security;

comment on table wedsync_internal.catalog_expected is
'WedSync expected catalogue
What every object of the pack looked like after the last migration: `wedsync verify` compares it with what is there now.';
comment on column wedsync_internal.catalog_expected.object is 'Kind and qualified name, such as function wedsync.register_couple(text).';
comment on column wedsync_internal.catalog_expected.aspect is 'owner, grants, comment, body, options and so on.';
comment on column wedsync_internal.catalog_expected.value is 'The aspect as text, in a canonical order.';

create table wedsync_internal.catalog_drift (
    object text not null,
    aspect text not null,
    expected text,
    found text,
    constraint catalog_drift_pkey primary key (object, aspect),
    constraint catalog_drift_differs check (expected is distinct from found)
);
alter table wedsync_internal.catalog_drift enable row level security;

comment on table wedsync_internal.catalog_drift is
'WedSync drift at the last migration
Differences from catalog_expected that a migration found when it began. They stay differences unless it re-made the object, so that migrating never hides a change made by hand.';
comment on column wedsync_internal.catalog_drift.object is 'Kind and qualified name.';
comment on column wedsync_internal.catalog_drift.aspect is 'owner, grants, comment, body, options and so on.';
comment on column wedsync_internal.catalog_drift.expected is 'What the migration before had left; null for an object it did not know.';
comment on column wedsync_internal.catalog_drift.found is 'What was there instead; null for something that was gone.';
