create or replace function wedsync_internal.answer_invitation(invitation_id uuid, answer text)
returns void
language plpgsql
volatile
as $$
declare
    invitation wedsync_data.invitations;
begin
    select i.* into invitation from wedsync_data.invitations as i where i.id = invitation_id for update;
    -- asked again under the locks: somebody may have used it, or the inviter may have been removed meanwhile
    if not wedsync_internal.invitation_holds(invitation) then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the invitation must be open"}', 'Ask for a new invitation.');
    end if;
    update wedsync_data.invitations as i
    set state = answer, answered_by = wedsync_internal.current_user_id(), answered_at = now()
    where i.id = invitation_id;
end
$$;
comment on function wedsync_internal.answer_invitation(uuid, text) is
'Closes an invitation as accepted or declined, once. Call it after the lock of the wedding or supplier that invites.';
revoke all on function wedsync_internal.answer_invitation(uuid, text) from public;
