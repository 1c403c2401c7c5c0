create or replace function wedsync.decline_invitation(token text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.invitations := wedsync_internal.find_invitation(token);
begin
    perform wedsync_internal.answer_invitation(invitation.id, 'declined');
end
$$;
comment on function wedsync.decline_invitation(text) is
'Declines an invitation and invalidates its token
Errors: not_signed_in (42501), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.decline_invitation(text) from public;
grant execute on function wedsync.decline_invitation(text) to authenticated;
