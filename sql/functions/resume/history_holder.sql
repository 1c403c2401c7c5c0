create or replace function wedsync_internal.history_holder()
returns text
language plpgsql
stable
as $$
declare
    -- some managed clusters hide these
    cluster text;
    timeline text;
begin
    begin
        cluster := (select c.system_identifier::text from pg_catalog.pg_control_system() as c);
    exception when insufficient_privilege or feature_not_supported or object_not_in_prerequisite_state or internal_error then
        cluster := '-';
    end;
    begin
        -- a standby that is promoted and a recovery to a point in time begin a new one
        timeline := left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8);
    exception when insufficient_privilege or feature_not_supported or object_not_in_prerequisite_state or internal_error then
        timeline := '-';
    end;
    return pg_catalog.format(
        '%s:%s:%s:%s', cluster, timeline, (select d.oid from pg_catalog.pg_database as d where d.datname = current_database()),
        -- restoring a dump creates the table again
        'wedsync_data.events'::regclass::oid
    );
end
$$;
comment on function wedsync_internal.history_holder() is
'Which database holds the log: system identifier, timeline, number of the database and of the table; - for what a managed cluster hides
Another answer than before means that the history may have lost its end: a restored backup, a promoted standby, a recovery to a point in time.';
revoke all on function wedsync_internal.history_holder() from public;
