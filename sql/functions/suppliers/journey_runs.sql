create or replace view wedsync.journey_runs
with (security_barrier = true, security_invoker = false) as
select r.couple_id, r.journey_id, r.step, r.due_at, r.ran_at, r.outcome
from wedsync_data.journey_runs as r join wedsync_data.journeys as j on j.id = r.journey_id
where j.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.journey_runs is 'Steps of journeys that have happened for couples of the caller''s suppliers, or are about to.';
comment on column wedsync.journey_runs.couple_id is 'The wedding.';
comment on column wedsync.journey_runs.journey_id is 'The journey.';
comment on column wedsync.journey_runs.step is 'The step.';
comment on column wedsync.journey_runs.due_at is 'When its condition was found to hold.';
comment on column wedsync.journey_runs.ran_at is 'When its action was done; null until then.';
comment on column wedsync.journey_runs.outcome is 'done, stopped, no_access or no_room, as in wedsync_data.journey_runs.';
revoke all on wedsync.journey_runs from public;
grant select on wedsync.journey_runs to authenticated, service_role, wedsync_admin;
