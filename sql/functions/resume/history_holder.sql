create or replace function wedsync_internal.history_holder()
returns text
language plpgsql
stable
as $$
declare
    -- not available on some managed clusters
    cluster text;
    timeline text;
begin
    begin
        cluster := (select c.system_identifier::text from pg_catalog.pg_control_system() as c);
    exception when insufficient_privilege or feature_not_supported or object_not_in_prerequisite_state or internal_error then
        cluster := '-';
    end;
    begin
        -- changes with the promotion of a standby and a point-in-time recovery
        timeline := left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8);
    exception when insufficient_privilege or feature_not_supported or object_not_in_prerequisite_state or internal_error then
        timeline := '-';
    end;
    return pg_catalog.format(
        '%s:%s:%s:%s', cluster, timeline, (select d.oid from pg_catalog.pg_database as d where d.datname = current_database()),
        -- restoring a dump recreates the table
        'wedsync_data.events'::regclass::oid
    );
end
$$;
comment on function wedsync_internal.history_holder() is
'Identifies the database that contains the log: system identifier, timeline, OIDs of the database and the table; - for values that a managed cluster hides
If it changes, the end of the history may be lost: after a restore, the promotion of a standby, or a point-in-time recovery.';
revoke all on function wedsync_internal.history_holder() from public;
