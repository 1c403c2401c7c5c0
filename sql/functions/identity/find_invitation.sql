create or replace function wedsync_internal.find_invitation(token text)
returns wedsync_data.invitations
language plpgsql
volatile
as $$
declare
    invitation wedsync_data.invitations;
begin
    perform wedsync_internal.require_user();
    perform wedsync_internal.enforce_rate_limit('invitation-answer');
    perform wedsync_internal.require_given('{token}', array[token is not null]);
    select i.* into invitation
    from wedsync_data.invitations as i
    where i.token_hash = pg_catalog.sha256(convert_to(left(token, 200), 'UTF8'));
    if not wedsync_internal.invitation_holds(invitation) then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the invitation must be open"}', 'Ask for a new invitation.');
    end if;
    return invitation;
end
$$;
comment on function wedsync_internal.find_invitation(text) is
'Returns the invitation of a token for a signed-in caller. Unknown, expired, used and revoked tokens raise the same error.';
revoke all on function wedsync_internal.find_invitation(text) from public;
