create or replace view wedsync.form_responses
with (security_barrier = true, security_invoker = false) as
select r.id, r.form_id, r.supplier_id, r.couple_id, r.data, r.submitted_by, r.submitted_at
from wedsync_data.form_responses as r
where r.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = r.couple_id and m.user_id = (select wedsync_internal.current_user_id()) and m.wedding_role in ('partner', 'planner')
    )
    or (select wedsync_internal.is_service());
comment on view wedsync.form_responses is 'Answers to forms: those of the caller''s suppliers, and those that the caller''s weddings gave.';
comment on column wedsync.form_responses.id is 'Response id.';
comment on column wedsync.form_responses.form_id is 'The form.';
comment on column wedsync.form_responses.supplier_id is 'Its supplier.';
comment on column wedsync.form_responses.couple_id is 'The wedding.';
comment on column wedsync.form_responses.data is 'Field name to answer.';
comment on column wedsync.form_responses.submitted_by is 'Who answered.';
comment on column wedsync.form_responses.submitted_at is 'When.';
revoke all on wedsync.form_responses from public;
grant select on wedsync.form_responses to authenticated, service_role, wedsync_admin;
