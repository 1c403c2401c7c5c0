create or replace function wedsync_internal.answer_invitation(invitation_id uuid, answer text)
returns void
language plpgsql
volatile
as $$
declare
    invitation wedsync_data.invitations;
begin
    select i.* into invitation from wedsync_data.invitations as i where i.id = invitation_id for update;
    -- checked again under the locks: the invitation may have been used, or the inviter removed, in the meantime
    if not wedsync_internal.invitation_holds(invitation) then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the invitation must be open"}', 'Ask for a new invitation.');
    end if;
    update wedsync_data.invitations as i
    set state = answer, answered_by = wedsync_internal.current_user_id(), answered_at = now()
    where i.id = invitation_id;
end
$$;
comment on function wedsync_internal.answer_invitation(uuid, text) is
'Marks an open invitation as accepted or declined. Call it with the lock of the inviting wedding or supplier held.';
revoke all on function wedsync_internal.answer_invitation(uuid, text) from public;
