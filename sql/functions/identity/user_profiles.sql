create or replace view wedsync.user_profiles
with (security_barrier = true, security_invoker = false) as
select m.user_id as id, 'couple' as user_type, null::uuid as supplier_id, m.couple_id, m.wedding_role as role, u.display_name, u.email
from wedsync_data.wedding_members as m
left join wedsync_data.users as u on u.id = m.user_id
where m.user_id = (select wedsync_internal.current_user_id()) or (select wedsync_internal.is_service())
union all
select s.user_id, 'supplier', s.supplier_id, null, s.member_role, u.display_name, u.email
from wedsync_data.supplier_members as s
left join wedsync_data.users as u on u.id = s.user_id
where s.user_id = (select wedsync_internal.current_user_id()) or (select wedsync_internal.is_service());
comment on view wedsync.user_profiles is 'The caller''s roles at weddings and suppliers, one row each, in the shape of the second source.';
comment on column wedsync.user_profiles.id is 'User id.';
comment on column wedsync.user_profiles.user_type is 'couple (any member of a wedding) or supplier.';
comment on column wedsync.user_profiles.supplier_id is 'The supplier.';
comment on column wedsync.user_profiles.couple_id is 'The wedding.';
comment on column wedsync.user_profiles.role is 'Role at the wedding or the supplier.';
comment on column wedsync.user_profiles.display_name is 'Name shown.';
comment on column wedsync.user_profiles.email is 'E-mail claim of the last token.';
revoke all on wedsync.user_profiles from public;
grant select on wedsync.user_profiles to authenticated, service_role, wedsync_admin;
