create or replace function wedsync_internal.log_noted_reads()
returns void
language plpgsql
volatile
as $$
declare
    noted constant text := coalesce(current_setting('wedsync.views_read', true), '');
    reader constant uuid := nullif(current_setting('wedsync.views_reader', true), '')::jsonb ->> 'sub';
    origin record;
    couple_ids uuid[];
    actions text[];
    is_complete boolean;
begin
    select array_agg(e.couple_id), array_agg(e.action) into couple_ids, actions
    from (
        select distinct split_part(e.entry, '/', 2)::uuid as couple_id, split_part(e.entry, '/', 1) as action
        from string_to_table(substr(noted, 2 + coalesce(nullif(current_setting('wedsync.reads_logged', true), '')::integer, 0)), ' ') as e (entry)
    ) as e;
    if couple_ids is null then
        return;
    end if;
    perform set_config('wedsync.reads_logged', length(noted)::text, true);
    if not wedsync_internal.has_partition('access_log', pg_catalog.clock_timestamp()) then
        perform wedsync_internal.make_partition('access_log', pg_catalog.clock_timestamp());
    end if;
    origin := wedsync_internal.request_origin();
    with read as materialized (
        select e.couple_id, e.action, r.readable, r.supplier_ids
        from unnest(couple_ids, actions) as e (couple_id, action)
        join wedsync_data.reach as r on r.couple_id = e.couple_id and r.user_id = reader
        where r.valid_from <= now() and r.valid_until > now() and wedsync_internal.reads_are_logged(e.action)
    ), logged as (
        insert into wedsync_data.access_log (couple_id, supplier_id, user_id, action, readable, ip_address, user_agent)
        select
            e.couple_id, s.supplier_id, reader, e.action,
            -- a member of several suppliers reads with the rights of all of them
            case cardinality(e.supplier_ids) when 1 then e.readable else wedsync_internal.granted_readable(e.couple_id, s.supplier_id) end,
            origin.ip_address, origin.user_agent
        from read as e
        cross join unnest(e.supplier_ids) as s (supplier_id)
    )
    select count(*) = cardinality(couple_ids) into is_complete from read as e;
    if not is_complete then
        -- access ended between the read and its entry in the log
        perform wedsync_internal.fail('state_conflict', '{"rule": "access to a wedding ended while it was read"}');
    end if;
    perform wedsync_internal.mark_connections_read(reader, couple_ids);
end
$$;
comment on function wedsync_internal.log_noted_reads() is
'Logs the reads that log_view_read() has noted since the last call, in one statement. Fails if the reader has lost access to one of the weddings in the meantime, so that no read stays unlogged.';
revoke all on function wedsync_internal.log_noted_reads() from public;
