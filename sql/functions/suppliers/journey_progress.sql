create or replace view wedsync.journey_progress
with (security_barrier = true, security_invoker = false) as
select p.supplier_id, p.couple_id, p.step, p.status, p.details, p.updated_by, p.updated_at
from wedsync_data.journey_progress as p
where p.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.journey_progress is 'Journeys of the caller''s suppliers with their couples, step by step.';
comment on column wedsync.journey_progress.supplier_id is 'The supplier.';
comment on column wedsync.journey_progress.couple_id is 'The wedding.';
comment on column wedsync.journey_progress.step is 'Step.';
comment on column wedsync.journey_progress.status is 'waiting, active, done or skipped.';
comment on column wedsync.journey_progress.details is 'Whatever the supplier keeps with it.';
comment on column wedsync.journey_progress.updated_by is 'Who changed it.';
comment on column wedsync.journey_progress.updated_at is 'When.';
revoke all on wedsync.journey_progress from public;
grant select on wedsync.journey_progress to authenticated, service_role, wedsync_admin;
