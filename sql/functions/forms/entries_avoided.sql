create or replace view wedsync.entries_avoided
with (security_barrier = true, security_invoker = false) as
select p.couple_id, f.supplier_id, p.form_id, p.populated_count as entries_avoided, p.populations, p.populated_at as last_populated_at
from wedsync_data.form_populations as p
join wedsync_data.forms as f on f.id = p.form_id
where p.couple_id = any ((select wedsync_internal.caller_couple_ids())::uuid[])
    or f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or (select wedsync_internal.is_service());
comment on view wedsync.entries_avoided is 'Number of form entries that were filled automatically, one row per wedding and form
Filling the same form again counts once.';
comment on column wedsync.entries_avoided.couple_id is 'The wedding.';
comment on column wedsync.entries_avoided.supplier_id is 'Whose form.';
comment on column wedsync.entries_avoided.form_id is 'The form.';
comment on column wedsync.entries_avoided.entries_avoided is 'Most fields filled at once.';
comment on column wedsync.entries_avoided.populations is 'How often it was filled.';
comment on column wedsync.entries_avoided.last_populated_at is 'When last.';
revoke all on wedsync.entries_avoided from public;
grant select on wedsync.entries_avoided to authenticated, service_role, wedsync_admin;
