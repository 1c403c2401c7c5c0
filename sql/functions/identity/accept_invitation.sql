create or replace function wedsync.accept_invitation(token text, supplier_id uuid default null, business_name text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    invitation wedsync_data.invitations := wedsync_internal.find_invitation(token);
    accepting record;
begin
    perform wedsync_internal.record_user(caller);
    -- lock order: supplier, wedding, user, channels, invitation
    if invitation.kind = 'supplier' then
        accepting := wedsync_internal.accepting_supplier(invitation, supplier_id, business_name);
        if accepting.supplier is not null then
            perform wedsync_internal.lock_as_supplier(accepting.supplier, '{owner,manager}', false);
        end if;
    elsif invitation.kind = 'supplier_member' then
        perform wedsync_internal.lock_supplier(invitation.supplier_id, true);
        perform wedsync_internal.lock_supplier_weddings(array[invitation.supplier_id]);
    end if;
    if invitation.couple_id is not null then
        perform wedsync_internal.lock_wedding(invitation.couple_id, true);
    end if;
    perform wedsync_internal.lock_subscriptions(array[invitation.couple_id], array[caller]);
    perform wedsync_internal.answer_invitation(invitation.id, 'accepted');
    if invitation.kind = 'supplier' then
        accepting.supplier := coalesce(accepting.supplier, wedsync.register_supplier(accepting.new_name, invitation.category));
        return wedsync_internal.welcome_supplier(invitation, accepting.supplier) || pg_catalog.jsonb_build_object(
            'kind', invitation.kind, 'couple_id', invitation.couple_id, 'supplier_id', accepting.supplier
        );
    end if;
    -- an existing member's role must not change through an invitation that was meant for somebody else
    if exists (
        select from wedsync_data.wedding_members as m where m.couple_id = invitation.couple_id and m.user_id = caller
        union all
        select from wedsync_data.supplier_members as m where m.supplier_id = invitation.supplier_id and m.user_id = caller
    ) then
        perform wedsync_internal.fail('state_conflict', '{"rule": "already a member"}', 'Use add_wedding_member or add_supplier_member to change the role of a member.');
    end if;
    -- a removal overrides earlier invitations: a second token that was kept does not restore the membership
    if wedsync_internal.removed_since(coalesce(invitation.couple_id, invitation.supplier_id), caller, invitation.created_at) then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the invitation must be open"}', 'Ask for a new invitation.');
    end if;
    if invitation.kind = 'member' then
        perform wedsync_internal.set_wedding_member(invitation.couple_id, caller, invitation.wedding_role);
        return pg_catalog.jsonb_build_object('kind', invitation.kind, 'couple_id', invitation.couple_id, 'wedding_role', invitation.wedding_role);
    end if;
    perform wedsync_internal.set_supplier_member(invitation.supplier_id, caller, invitation.member_role);
    return pg_catalog.jsonb_build_object('kind', invitation.kind, 'supplier_id', invitation.supplier_id, 'member_role', invitation.member_role);
end
$$;
comment on function wedsync.accept_invitation(text, uuid, text) is
'Accepts an invitation for the signed-in user and invalidates its token
For a supplier invitation, supplier_id selects one of the caller''s suppliers (owners and managers only) and business_name registers a new one; neither is needed if the caller has one supplier of that category or the invitation names one.
Returns {kind, couple_id, wedding_role}, {kind, supplier_id, member_role}, or for a supplier {kind, couple_id, supplier_id, status, readable_fields, writable_fields, requested_fields}.
Errors: not_signed_in (42501), not_found (PT404) for every invalid token, not_allowed (42501), invalid_value (22023), state_conflict (PT409), rate_limited (429).';
revoke all on function wedsync.accept_invitation(text, uuid, text) from public;
grant execute on function wedsync.accept_invitation(text, uuid, text) to authenticated;
