create or replace function wedsync_internal.log_access(couple_id uuid, action text)
returns void
language plpgsql
volatile
as $$
declare
    origin record;
    caller constant uuid := wedsync_internal.current_user_id();
    -- supplier id to readable fields: a member of two suppliers reads with the rights of both
    read_for jsonb;
begin
    if exists (select from wedsync_data.wedding_members as m where m.couple_id = log_access.couple_id and m.user_id = caller) then
        return;
    end if;
    select pg_catalog.jsonb_object_agg(r.grantee_id, r.readable) into read_for
    from (
        select g.grantee_id, bit_or(g.readable) as readable
        from wedsync_data.supplier_members as s
        join wedsync_data.grants as g on g.grantee_id = s.supplier_id and g.couple_id = log_access.couple_id
        where s.user_id = caller and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
        group by g.grantee_id
    ) as r;
    if read_for is null then
        return;
    end if;
    if current_setting('transaction_read_only') = 'on' then
        perform wedsync_internal.fail('read_is_logged');
    end if;
    select o.* into origin from wedsync_internal.request_origin() as o;
    if not wedsync_internal.has_partition('access_log', pg_catalog.clock_timestamp()) then
        perform wedsync_internal.make_partition('access_log', pg_catalog.clock_timestamp());
    end if;
    insert into wedsync_data.access_log (couple_id, supplier_id, user_id, action, readable, ip_address, user_agent)
    select log_access.couple_id, r.key::uuid, caller, log_access.action, r.value::bit(128), origin.ip_address, origin.user_agent
    from pg_catalog.jsonb_each_text(read_for) as r
    order by r.key;
    -- to the minute, so that frequent reads do not rewrite the row each time
    update wedsync_data.connections as c set last_accessed_at = now()
    where c.couple_id = log_access.couple_id and read_for ? c.supplier_id::text
        and (c.last_accessed_at is null or c.last_accessed_at < now() - interval '1 minute');
end
$$;
comment on function wedsync_internal.log_access(uuid, text) is 'Logs that a supplier read a wedding, with the fields it could read; one entry per supplier if the caller belongs to several. Members of the wedding are not logged.';
revoke all on function wedsync_internal.log_access(uuid, text) from public;
