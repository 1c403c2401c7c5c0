create or replace function wedsync_internal.commit_age(xid xid8, written_at timestamptz)
returns double precision
language sql
-- as pg_xact_commit_timestamp is: with a stronger label it would not be inlined
volatile
as $$
    select greatest(0, extract(epoch from now() - coalesce(
        case when pg_catalog.current_setting('track_commit_timestamp')::boolean then pg_catalog.pg_xact_commit_timestamp(xid::xid) end, written_at
    )))
$$;
comment on function wedsync_internal.commit_age(xid8, timestamptz) is
'Seconds from a transaction''s commit, where the server keeps commit times (track_commit_timestamp), else from the change itself, to the beginning of this transaction.';
revoke all on function wedsync_internal.commit_age(xid8, timestamptz) from public;
