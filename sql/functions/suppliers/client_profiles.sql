create or replace view wedsync.client_profiles
with (security_barrier = true, security_invoker = false) as
select p.supplier_id, p.couple_id, p.display_name, p.status, p.notes, p.updated_by, p.updated_at
from wedsync_data.client_profiles as p
where p.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.client_profiles is 'What the caller''s suppliers note about their couples.';
comment on column wedsync.client_profiles.supplier_id is 'The supplier.';
comment on column wedsync.client_profiles.couple_id is 'The wedding.';
comment on column wedsync.client_profiles.display_name is 'Name that the supplier uses.';
comment on column wedsync.client_profiles.status is 'lead, booked, finished or lost.';
comment on column wedsync.client_profiles.notes is 'Notes.';
comment on column wedsync.client_profiles.updated_by is 'Who changed it.';
comment on column wedsync.client_profiles.updated_at is 'When.';
revoke all on wedsync.client_profiles from public;
grant select on wedsync.client_profiles to authenticated, service_role, wedsync_admin;
