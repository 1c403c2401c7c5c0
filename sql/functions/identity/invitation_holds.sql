create or replace function wedsync_internal.invitation_holds(invitation wedsync_data.invitations)
returns boolean
language sql
stable
as $$
    select coalesce((invitation).state = 'open' and (invitation).valid_until > now() and ((invitation).by_server or case
        when (invitation).kind = 'supplier_member' then exists (
            select from wedsync_data.supplier_members as m
            where m.supplier_id = (invitation).supplier_id and m.user_id = (invitation).invited_by
                and (m.member_role = 'owner' or m.member_role = 'manager' and (invitation).member_role = 'staff')
        )
        else exists (
            select from wedsync_data.wedding_members as m
            where m.couple_id = (invitation).couple_id and m.user_id = (invitation).invited_by and m.wedding_role = 'partner'
        )
    end), false)
$$;
comment on function wedsync_internal.invitation_holds(wedsync_data.invitations) is
'Whether an invitation can be accepted now: it is open and not expired, and its creator may still invite. Removed members cannot return through invitations that they created before.';
revoke all on function wedsync_internal.invitation_holds(wedsync_data.invitations) from public;
