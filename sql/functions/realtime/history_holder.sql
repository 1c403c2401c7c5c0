create or replace function wedsync_internal.history_holder()
returns text
language sql
stable
as $$
    -- a restored dump makes the log anew, with another number; a standby that is promoted and a recovery to a point in time begin a timeline
    select pg_catalog.format(
        '%s:%s:%s', (select c.system_identifier from pg_catalog.pg_control_system() as c),
        left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8), 'wedsync_data.events'::regclass::oid
    )
$$;
comment on function wedsync_internal.history_holder() is
'Which database holds the log: system identifier, timeline and number of the table
Another answer than before means that the history may have lost its end: a restored backup, a promoted standby, a recovery to a point in time.';
revoke all on function wedsync_internal.history_holder() from public;
