create or replace view wedsync.supplier_members
with (security_barrier = true, security_invoker = false) as
select m.supplier_id, m.user_id, u.display_name, m.member_role, m.added_at
from wedsync_data.supplier_members as m
left join wedsync_data.users as u on u.id = m.user_id
where m.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.supplier_members is 'Members of the caller''s suppliers.';
comment on column wedsync.supplier_members.supplier_id is 'The supplier.';
comment on column wedsync.supplier_members.user_id is 'The user.';
comment on column wedsync.supplier_members.display_name is 'Name shown.';
comment on column wedsync.supplier_members.member_role is 'owner, manager or staff.';
comment on column wedsync.supplier_members.added_at is 'When added.';
revoke all on wedsync.supplier_members from public;
grant select on wedsync.supplier_members to authenticated, service_role, wedsync_admin;
