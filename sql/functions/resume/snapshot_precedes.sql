create or replace function wedsync_internal.snapshot_precedes(a pg_snapshot, b pg_snapshot)
returns boolean
language sql
immutable
parallel safe
return
    pg_catalog.pg_snapshot_xmax(a) < pg_catalog.pg_snapshot_xmax(b)
    -- nothing started in between: then the one with more transactions in progress is older
    or pg_catalog.pg_snapshot_xmax(a) = pg_catalog.pg_snapshot_xmax(b)
    and (select count(*) from pg_catalog.pg_snapshot_xip(a) as x (id)) > (select count(*) from pg_catalog.pg_snapshot_xip(b) as x (id));
comment on function wedsync_internal.snapshot_precedes(pg_snapshot, pg_snapshot) is 'Whether a position precedes another one of the same history; null if either is null.';
revoke all on function wedsync_internal.snapshot_precedes(pg_snapshot, pg_snapshot) from public;
