create or replace view wedsync.invitations
with (security_barrier = true, security_invoker = false) as
select
    i.id, i.kind, i.couple_id, i.supplier_id, i.wedding_role, i.member_role, i.category, i.business_name, i.readable_fields, i.writable_fields,
    i.invited_by, i.created_at, i.valid_until,
    -- the same rule as in invitation_holds
    case
        when i.state <> 'open' then i.state
        when i.valid_until <= now() then 'expired'
        when i.by_server or exists (
            select from wedsync_data.wedding_members as m
            where i.kind <> 'supplier_member' and m.couple_id = i.couple_id and m.user_id = i.invited_by and m.wedding_role = 'partner'
            union all
            select from wedsync_data.supplier_members as m
            where i.kind = 'supplier_member' and m.supplier_id = i.supplier_id and m.user_id = i.invited_by
                and (m.member_role = 'owner' or m.member_role = 'manager' and i.member_role = 'staff')
        ) then 'open'
        else 'expired'
    end as status,
    i.answered_by, i.answered_at
from wedsync_data.invitations as i
where exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = i.couple_id and m.user_id = (select wedsync_internal.current_user_id()) and m.wedding_role = 'partner'
    )
    or i.kind = 'supplier_member' and exists (
        select from wedsync_data.supplier_members as m
        where m.supplier_id = i.supplier_id and m.user_id = (select wedsync_internal.current_user_id()) and m.member_role in ('owner', 'manager')
    )
    or (select wedsync_internal.is_service());
comment on view wedsync.invitations is 'Invitations of the caller''s weddings (for partners) and of the caller''s suppliers (for owners and managers), without tokens.';
comment on column wedsync.invitations.id is 'Invitation id, for revoke_invitation.';
comment on column wedsync.invitations.kind is 'member, supplier or supplier_member.';
comment on column wedsync.invitations.couple_id is 'The wedding that invites.';
comment on column wedsync.invitations.supplier_id is 'The supplier that is invited, or that invites.';
comment on column wedsync.invitations.wedding_role is 'Role at the wedding.';
comment on column wedsync.invitations.member_role is 'Role at the supplier.';
comment on column wedsync.invitations.category is 'Category of the invited supplier.';
comment on column wedsync.invitations.business_name is 'Name suggested for it.';
comment on column wedsync.invitations.readable_fields is 'Names granted on acceptance.';
comment on column wedsync.invitations.writable_fields is 'Names granted for writing.';
comment on column wedsync.invitations.invited_by is 'Who invites.';
comment on column wedsync.invitations.created_at is 'When created.';
comment on column wedsync.invitations.valid_until is 'Not valid from this moment on.';
comment on column wedsync.invitations.status is 'open, accepted, declined, revoked or expired; also expired if the inviter may no longer invite.';
comment on column wedsync.invitations.answered_by is 'Who accepted, declined or revoked.';
comment on column wedsync.invitations.answered_at is 'When.';
revoke all on wedsync.invitations from public;
grant select on wedsync.invitations to authenticated, service_role, wedsync_admin;
