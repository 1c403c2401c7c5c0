-- requires: architecture/fail, sharing/caller_access, architecture/request_origin, identity/current_user_id, events/has_partition, events/make_partition
create or replace function wedsync_internal.log_access(couple_id uuid, action text)
returns void
language plpgsql
volatile
as $$
declare
    origin record;
    caller constant uuid := wedsync_internal.current_user_id();
    supplier uuid;
    leaves bit(128);
begin
    if exists (select from wedsync_data.wedding_members as m where m.couple_id = log_access.couple_id and m.user_id = caller) then
        return;
    end if;
    select g.grantee_id, bit_or(g.readable) into supplier, leaves
    from wedsync_data.supplier_members as s
    join wedsync_data.grants as g on g.grantee_id = s.supplier_id and g.couple_id = log_access.couple_id
    where s.user_id = caller and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    group by g.grantee_id
    order by g.grantee_id
    limit 1;
    if supplier is null then
        return;
    end if;
    if current_setting('transaction_read_only') = 'on' then
        perform wedsync_internal.fail('read_is_logged');
    end if;
    select o.* into origin from wedsync_internal.request_origin() as o;
    if not wedsync_internal.has_partition('access_log', pg_catalog.clock_timestamp()) then
        perform wedsync_internal.make_partition('access_log', pg_catalog.clock_timestamp());
    end if;
    insert into wedsync_data.access_log (couple_id, supplier_id, user_id, action, leaves, ip_address, user_agent)
    values (log_access.couple_id, supplier, caller, log_access.action, leaves, origin.ip_address, origin.user_agent);
    -- to the minute, so that a busy supplier does not rewrite the row with every read
    update wedsync_data.connections as c set last_accessed_at = now()
    where c.couple_id = log_access.couple_id and c.supplier_id = supplier
        and (c.last_accessed_at is null or c.last_accessed_at < now() - interval '1 minute');
end
$$;
comment on function wedsync_internal.log_access(uuid, text) is 'Notes that a supplier read a wedding, with the leaves it could see. Members are not logged.';
revoke all on function wedsync_internal.log_access(uuid, text) from public;
