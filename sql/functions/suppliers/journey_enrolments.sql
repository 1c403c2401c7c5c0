create or replace view wedsync.journey_enrolments
with (security_barrier = true, security_invoker = false) as
select r.couple_id, r.journey_id, r.supplier_id, r.started_by, r.started_at, r.ended_at
from wedsync_data.journey_enrolments as r
where r.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.journey_enrolments is 'Couples in the journeys of the caller''s suppliers.';
comment on column wedsync.journey_enrolments.couple_id is 'The wedding.';
comment on column wedsync.journey_enrolments.journey_id is 'The journey.';
comment on column wedsync.journey_enrolments.supplier_id is 'Whose journey.';
comment on column wedsync.journey_enrolments.started_by is 'Who enrolled the couple.';
comment on column wedsync.journey_enrolments.started_at is 'When.';
comment on column wedsync.journey_enrolments.ended_at is 'When it was stopped; null while it goes on.';
revoke all on wedsync.journey_enrolments from public;
grant select on wedsync.journey_enrolments to authenticated, service_role, wedsync_admin;
