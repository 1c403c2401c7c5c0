create or replace function wedsync.invite_supplier_member(supplier_id uuid, member_role text default 'staff', valid_until timestamptz default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.invitations;
begin
    perform wedsync_internal.enforce_rate_limit('invite');
    perform wedsync_internal.require_given('{supplier_id,member_role}', array[supplier_id is not null, member_role is not null]);
    perform wedsync_internal.lock_as_supplier(
        supplier_id, case when member_role = 'staff' then '{owner,manager}'::text[] else '{owner}'::text[] end, true
    );
    perform wedsync_internal.require_assurance('invite_supplier_member', null, supplier_id);
    if member_role not in ('owner', 'manager', 'staff') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "member_role", "rule": "owner, manager or staff"}');
    end if;
    invitation.kind := 'supplier_member';
    invitation.supplier_id := supplier_id;
    invitation.member_role := member_role;
    invitation.valid_until := valid_until;
    return wedsync_internal.store_invitation(invitation);
end
$$;
comment on function wedsync.invite_supplier_member(uuid, text, timestamptz) is
'Invites somebody to become a member of a supplier and returns {id, token, valid_until}
member_role is owner, manager or staff. Owners may invite to any role, managers only staff. The token is returned only once, can be used once, and is valid for 14 days unless valid_until is given, as long as the inviter may still invite.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), state_conflict (PT409) with too many open invitations, rate_limited (429).';
revoke all on function wedsync.invite_supplier_member(uuid, text, timestamptz) from public;
grant execute on function wedsync.invite_supplier_member(uuid, text, timestamptz) to authenticated, service_role, wedsync_admin;
