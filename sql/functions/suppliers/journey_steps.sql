create or replace view wedsync.journey_steps
with (security_barrier = true, security_invoker = false) as
select r.journey_id, r.step, r.title, r."position", r.condition, r.action
from wedsync_data.journey_steps as r join wedsync_data.journeys as j on j.id = r.journey_id
where j.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.journey_steps is 'Steps of the journeys of the caller''s suppliers.';
comment on column wedsync.journey_steps.journey_id is 'The journey.';
comment on column wedsync.journey_steps.step is 'Key.';
comment on column wedsync.journey_steps.title is 'Displayed text.';
comment on column wedsync.journey_steps."position" is 'Order among the steps.';
comment on column wedsync.journey_steps.condition is 'When it happens, as set_journey_step takes it.';
comment on column wedsync.journey_steps.action is 'What is done, as set_journey_step takes it.';
revoke all on wedsync.journey_steps from public;
grant select on wedsync.journey_steps to authenticated, service_role, wedsync_admin;
