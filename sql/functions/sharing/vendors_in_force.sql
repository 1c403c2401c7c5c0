create or replace function wedsync_internal.vendors_in_force(couple_id uuid, out connected_vendors jsonb, out field_permissions jsonb)
language plpgsql
stable
strict
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- determines the caller's rights itself, because a mask passed as argument could be forged
    if not exists (
        select from wedsync_internal.caller_access as a where a.couple_id = vendors_in_force.couple_id and wedsync_internal.sees_sharing(a.readable)
    ) then
        return;
    end if;
    select
        coalesce(pg_catalog.jsonb_agg(v.vendor order by v.business_name, v.supplier_id), '[]'),
        coalesce(pg_catalog.jsonb_object_agg(v.supplier_id, v.readable_fields), '{}')
    into connected_vendors, field_permissions
    from wedsync_internal.connected_vendors as v where v.couple_id = vendors_in_force.couple_id;
end
$$;
comment on function wedsync_internal.vendors_in_force(uuid) is
'Suppliers with current access, for those who manage sharing; used when a grant has started or expired since the list was stored. Null for all others.';
revoke all on function wedsync_internal.vendors_in_force(uuid) from public;
grant execute on function wedsync_internal.vendors_in_force(uuid) to authenticated, service_role, wedsync_admin;
