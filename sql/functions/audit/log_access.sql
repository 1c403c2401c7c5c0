create or replace function wedsync_internal.log_access(couple_id uuid, action text)
returns void
language plpgsql
volatile
as $$
declare
    origin record;
    reader constant uuid := wedsync_internal.current_user_id();
    right_now record;
    supplier uuid;
begin
    select r.supplier_ids, r.readable, r.by_grant into right_now
    from wedsync_data.reach as r
    where r.couple_id = log_access.couple_id and r.user_id = reader and r.valid_from <= now() and r.valid_until > now();
    if right_now.by_grant is not true or right_now.supplier_ids = '{}' then
        return;
    end if;
    if current_setting('transaction_read_only') = 'on' then
        perform wedsync_internal.fail('read_is_logged');
    end if;
    origin := wedsync_internal.request_origin();
    if not wedsync_internal.has_partition('access_log', pg_catalog.clock_timestamp()) then
        perform wedsync_internal.make_partition('access_log', pg_catalog.clock_timestamp());
    end if;
    foreach supplier in array right_now.supplier_ids loop
        insert into wedsync_data.access_log (couple_id, supplier_id, user_id, action, readable, ip_address, user_agent)
        values (
            log_access.couple_id, supplier, reader, log_access.action,
            -- a member of several suppliers reads with the rights of all of them
            case cardinality(right_now.supplier_ids) when 1 then right_now.readable else wedsync_internal.granted_readable(log_access.couple_id, supplier) end,
            origin.ip_address, origin.user_agent
        );
        -- to the minute, so that frequent reads do not rewrite the row each time
        if (
            select c.last_accessed_at >= now() - interval '1 minute' from wedsync_data.connections as c
            where c.couple_id = log_access.couple_id and c.supplier_id = supplier
        ) is not true then
            -- somebody who reads does not wait for somebody who changes the connection
            perform from wedsync_data.connections as c
            where c.couple_id = log_access.couple_id and c.supplier_id = supplier
            for no key update skip locked;
            if found then
                update wedsync_data.connections as c set last_accessed_at = now()
                where c.couple_id = log_access.couple_id and c.supplier_id = supplier;
            end if;
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.log_access(uuid, text) is 'Logs that a supplier read a wedding, with the fields it could read; one entry per supplier if the caller belongs to several. Members of the wedding are not logged.';
revoke all on function wedsync_internal.log_access(uuid, text) from public;
