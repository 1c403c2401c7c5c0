-- requires: identity/current_user_id, sharing/caller_access, sharing/connected_vendors
create or replace function wedsync_internal.record_extras(
    couple_id uuid,
    out updated_at timestamptz, out last_updated_by uuid, out last_sync_at timestamptz, out connected_vendors jsonb, out field_permissions jsonb
)
language plpgsql
stable
strict
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- once, not once for every row that it is compared with
    caller constant uuid := wedsync_internal.current_user_id();
    readable bit(128);
begin
    -- it works out the caller's rights by itself: a mask given as argument could be forged
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = record_extras.couple_id;
    if readable is null then
        return;
    end if;
    select l.changed_at, l.actor_id into updated_at, last_updated_by
    from wedsync_data.audit_log as l
    where l.couple_id = record_extras.couple_id and get_bit(readable, l.leaf_no) = 1
    order by l.id desc limit 1;
    if get_bit(readable, 45) = 1 then
        select
            coalesce(pg_catalog.jsonb_agg(v.vendor order by v.business_name, v.supplier_id), '[]'),
            coalesce(pg_catalog.jsonb_object_agg(v.supplier_id, v.readable_fields), '{}')
        into connected_vendors, field_permissions
        from wedsync_internal.connected_vendors as v where v.couple_id = record_extras.couple_id;
    else
        select max(c.last_accessed_at) into last_sync_at
        from wedsync_data.supplier_members as m
        join wedsync_data.connections as c on c.supplier_id = m.supplier_id
        where m.user_id = caller and c.couple_id = record_extras.couple_id;
    end if;
end
$$;
comment on function wedsync_internal.record_extras(uuid) is
'What has to be looked up for callers from whom something is withheld (time and author of the newest change that they can see, last read by their supplier), or when the stored list of suppliers is out of date. Null for null.';
revoke all on function wedsync_internal.record_extras(uuid) from public;
grant execute on function wedsync_internal.record_extras(uuid) to authenticated, service_role, wedsync_admin;
