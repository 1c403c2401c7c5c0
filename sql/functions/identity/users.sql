create or replace view wedsync.users
with (security_barrier = true, security_invoker = false) as
select
    u.id, u.display_name, u.display_name as full_name,
    case when u.id = (select wedsync_internal.current_user_id()) or (select wedsync_internal.is_service()) then u.email end as email
from wedsync_data.users as u
where u.id = (select wedsync_internal.current_user_id())
    or exists (
        select from wedsync_data.wedding_members as m
        where m.user_id = u.id and m.couple_id = any ((select wedsync_internal.caller_couple_ids())::uuid[])
    )
    or exists (
        select from wedsync_data.supplier_members as s
        where s.user_id = u.id and s.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    )
    or (select wedsync_internal.is_service());
comment on view wedsync.users is 'Users visible to the caller: the caller, members of the caller''s weddings and members of the caller''s suppliers.';
comment on column wedsync.users.id is 'User id.';
comment on column wedsync.users.display_name is 'Display name.';
comment on column wedsync.users.full_name is 'The same, as the first source calls it.';
comment on column wedsync.users.email is 'E-mail claim of the last token; of the caller only.';
revoke all on wedsync.users from public;
grant select on wedsync.users to authenticated, service_role, wedsync_admin;
