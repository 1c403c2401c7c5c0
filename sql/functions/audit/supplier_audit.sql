create or replace view wedsync.supplier_audit
with (security_barrier = true, security_invoker = false) as
select
    l.id, l.couple_id as supplier_id, l.path as changed, l.change_type, l.old_value, l.new_value,
    l.actor_id as changed_by, u.display_name as changed_by_name, l.actor_type as changed_by_type, l.changed_at
from wedsync_data.audit_log as l
left join wedsync_data.users as u on u.id = l.actor_id
where l.couple_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or ((select wedsync_internal.is_service()) and l.table_name in ('suppliers', 'supplier_members', 'forms', 'form_fields', 'core_field_mappings'));
comment on view wedsync.supplier_audit is
'Audit trail of a supplier: its data and tier, members, forms and mappings
Visible to its members. Pass the supplier''s id to verify_audit_chain.';
comment on column wedsync.supplier_audit.id is 'Audit id.';
comment on column wedsync.supplier_audit.supplier_id is 'The supplier.';
comment on column wedsync.supplier_audit.changed is 'Table and row.';
comment on column wedsync.supplier_audit.change_type is 'create, update or delete; erase if contents of other rows were erased.';
comment on column wedsync.supplier_audit.old_value is 'Settings before.';
comment on column wedsync.supplier_audit.new_value is 'Settings after.';
comment on column wedsync.supplier_audit.changed_by is 'User; null for the system.';
comment on column wedsync.supplier_audit.changed_by_name is 'Display name.';
comment on column wedsync.supplier_audit.changed_by_type is 'supplier, service, admin or system.';
comment on column wedsync.supplier_audit.changed_at is 'When.';
revoke all on wedsync.supplier_audit from public;
grant select on wedsync.supplier_audit to authenticated, service_role, wedsync_admin;
