create or replace view wedsync.wedding_members
with (security_barrier = true, security_invoker = false) as
select m.couple_id, m.user_id, u.display_name, m.wedding_role, m.added_at
from wedsync_data.wedding_members as m
left join wedsync_data.users as u on u.id = m.user_id
where m.couple_id = any ((select wedsync_internal.caller_couple_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.wedding_members is 'Members of the caller''s weddings.';
comment on column wedsync.wedding_members.couple_id is 'The wedding.';
comment on column wedsync.wedding_members.user_id is 'The user.';
comment on column wedsync.wedding_members.display_name is 'Name shown.';
comment on column wedsync.wedding_members.wedding_role is 'partner, planner, family or friend.';
comment on column wedsync.wedding_members.added_at is 'When added.';
revoke all on wedsync.wedding_members from public;
grant select on wedsync.wedding_members to authenticated, service_role, wedsync_admin;
