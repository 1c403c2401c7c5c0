create or replace function wedsync.revoke_invitation(id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.invitations;
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{id}', array[id is not null]);
    select i.* into invitation from wedsync_data.invitations as i where i.id = revoke_invitation.id;
    if invitation.id is null then
        perform wedsync_internal.fail('not_found');
    elsif invitation.couple_id is not null then
        perform wedsync_internal.lock_as_partner(invitation.couple_id);
    else
        perform wedsync_internal.lock_as_supplier(invitation.supplier_id, '{owner,manager}', true);
    end if;
    update wedsync_data.invitations as i
    set state = 'revoked', answered_by = wedsync_internal.current_user_id(), answered_at = now()
    where i.id = revoke_invitation.id and i.state = 'open';
    if not found then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the invitation must be open"}', 'It was already accepted, declined, revoked or has expired. Create a new one if needed.');
    end if;
    if invitation.couple_id is not null then
        perform wedsync_internal.record_access_change(
            invitation.couple_id, case invitation.kind when 'member' then 'wedding_members' else 'grants' end, 'delete', 'invitations/' || invitation.id,
            pg_catalog.jsonb_build_object('invited_as', coalesce(invitation.wedding_role, invitation.category)), null
        );
    end if;
end
$$;
comment on function wedsync.revoke_invitation(uuid) is
'Revokes an open invitation and invalidates its token
For partners of the wedding, or owners and managers of the supplier. Ids are in the view invitations. Errors: not_signed_in (42501), not_found (PT404), not_allowed (42501), state_conflict (PT409) when it is not open, rate_limited (429).';
revoke all on function wedsync.revoke_invitation(uuid) from public;
grant execute on function wedsync.revoke_invitation(uuid) to authenticated, service_role, wedsync_admin;
