create or replace function wedsync.get_invitation(token text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.invitations := wedsync_internal.find_invitation(token);
begin
    return pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'kind', invitation.kind,
        'invited_by', (select u.display_name from wedsync_data.users as u where u.id = invitation.invited_by),
        'supplier', (select s.business_name from wedsync_data.suppliers as s where s.id = invitation.supplier_id),
        'wedding_role', invitation.wedding_role,
        'member_role', invitation.member_role,
        'category', invitation.category,
        'business_name', invitation.business_name,
        'valid_until', invitation.valid_until
    ));
end
$$;
comment on function wedsync.get_invitation(text) is
'Shows who invites, and to what role, before the invitation is accepted or declined
Returns {kind, invited_by, supplier, wedding_role, member_role, category, business_name, valid_until}, without empty keys: kind is member, supplier or supplier_member. Errors: not_signed_in (42501), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.get_invitation(text) from public;
grant execute on function wedsync.get_invitation(text) to authenticated;
