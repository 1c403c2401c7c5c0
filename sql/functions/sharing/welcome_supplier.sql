create or replace function wedsync_internal.welcome_supplier(invitation wedsync_data.invitations, supplier_id uuid)
returns jsonb
language plpgsql
volatile
as $$
declare
    offers_fields constant boolean := cardinality(invitation.readable_fields || invitation.writable_fields) > 0;
begin
    -- a refusal overrides earlier invitations, even if some access has been granted since
    if exists (
        select from wedsync_data.connections as c
        where c.couple_id = invitation.couple_id and c.supplier_id = welcome_supplier.supplier_id and c.refused_at > invitation.created_at
    ) then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the invitation must be open"}', 'Ask for a new invitation.');
    end if;
    insert into wedsync_data.connections as c (couple_id, supplier_id, requested_by, approved_by, approved_at, shares_automatically)
    values (
        invitation.couple_id, welcome_supplier.supplier_id, invitation.invited_by, invitation.invited_by, case when offers_fields then now() end, true
    )
    on conflict on constraint connections_pkey do update
    set shares_automatically = true,
        approved_by = case when offers_fields then excluded.approved_by else c.approved_by end,
        approved_at = case when offers_fields then excluded.approved_at else c.approved_at end,
        closed_at = null, closed_by = null, closed_reason = null;
    if not offers_fields then
        return wedsync_internal.access_summary(invitation.couple_id, welcome_supplier.supplier_id);
    end if;
    perform wedsync_internal.require_partner_name(invitation.couple_id);
    return wedsync_internal.set_grants(
        invitation.couple_id, 'supplier', welcome_supplier.supplier_id, invitation.readable_fields, invitation.writable_fields, true, invitation.invited_by
    );
end
$$;
comment on function wedsync_internal.welcome_supplier(wedsync_data.invitations, uuid) is
'Connects a supplier that accepts an invitation with the couple, and adds the offered grants to existing ones. Call it with the locks of supplier and wedding held.';
revoke all on function wedsync_internal.welcome_supplier(wedsync_data.invitations, uuid) from public;
