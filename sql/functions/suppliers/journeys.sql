create or replace view wedsync.journeys
with (security_barrier = true, security_invoker = false) as
select r.id, r.supplier_id, r.name, r.is_active, r.created_at, r.updated_at
from wedsync_data.journeys as r
where r.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.journeys is 'Automated journeys of the caller''s suppliers
set_journey, set_journey_step and start_journey make and start them.';
comment on column wedsync.journeys.id is 'Journey id.';
comment on column wedsync.journeys.supplier_id is 'Whose journey.';
comment on column wedsync.journeys.name is 'Name.';
comment on column wedsync.journeys.is_active is 'Whether its steps happen.';
comment on column wedsync.journeys.created_at is 'When created.';
comment on column wedsync.journeys.updated_at is 'When last changed.';
revoke all on wedsync.journeys from public;
grant select on wedsync.journeys to authenticated, service_role, wedsync_admin;
