create or replace function wedsync_internal.commit_age(xid xid8, written_at timestamptz)
returns double precision
language sql
-- like pg_xact_commit_timestamp: with a stricter label it would not be inlined
volatile
as $$
    select greatest(0, extract(epoch from now() - coalesce(
        case when pg_catalog.current_setting('track_commit_timestamp')::boolean then pg_catalog.pg_xact_commit_timestamp(xid::xid) end, written_at
    )))
$$;
comment on function wedsync_internal.commit_age(xid8, timestamptz) is
'Seconds from a transaction''s commit (with track_commit_timestamp, otherwise from the change) to the start of this transaction.';
revoke all on function wedsync_internal.commit_age(xid8, timestamptz) from public;
