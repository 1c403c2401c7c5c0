create or replace function wedsync_internal.log_access(couple_id uuid, action text)
returns void
language plpgsql
volatile
as $$
declare
    reader constant uuid := wedsync_internal.current_user_id();
    suppliers uuid[];
    readable_now bit(128);
    is_recent boolean;
    origin record;
    supplier uuid;
begin
    select r.supplier_ids, r.readable, (
        -- to the minute, so that frequent reads do not rewrite the row each time
        select bool_and(c.last_accessed_at >= now() - interval '1 minute')
        from wedsync_data.connections as c where c.couple_id = r.couple_id and c.supplier_id = any (r.supplier_ids)
    )
    into suppliers, readable_now, is_recent
    from wedsync_data.reach as r
    where r.couple_id = log_access.couple_id and r.user_id = reader and r.valid_from <= now() and r.valid_until > now()
        and r.by_grant and r.supplier_ids <> '{}';
    if suppliers is null then
        return;
    end if;
    if current_setting('transaction_read_only') = 'on' then
        perform wedsync_internal.fail('read_is_logged');
    end if;
    if not wedsync_internal.has_partition('access_log', pg_catalog.clock_timestamp()) then
        perform wedsync_internal.make_partition('access_log', pg_catalog.clock_timestamp());
    end if;
    origin := wedsync_internal.request_origin();
    foreach supplier in array suppliers loop
        if cardinality(suppliers) > 1 then
            -- a member of several suppliers reads with the rights of all of them
            readable_now := wedsync_internal.granted_readable(log_access.couple_id, supplier);
        end if;
        insert into wedsync_data.access_log (couple_id, supplier_id, user_id, action, readable, ip_address, user_agent)
        values (log_access.couple_id, supplier, reader, log_access.action, readable_now, origin.ip_address, origin.user_agent);
    end loop;
    if is_recent is not true then
        perform wedsync_internal.mark_connections_read(reader, array[log_access.couple_id]);
    end if;
end
$$;
comment on function wedsync_internal.log_access(uuid, text) is 'Logs that a supplier read a wedding, with the fields it could read; one entry per supplier if the caller belongs to several. Members of the wedding are not logged.';
revoke all on function wedsync_internal.log_access(uuid, text) from public;
