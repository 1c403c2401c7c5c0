create or replace view wedsync.core_fields_audit
with (security_barrier = true, security_invoker = false) as
select
    l.id,
    f.id as core_field_id,
    l.couple_id,
    l.path as changed_field,
    l.old_value,
    l.new_value,
    l.change_type,
    l.actor_id as changed_by,
    l.actor_type as changed_by_type,
    l.supplier_id,
    l.reason as change_reason,
    case when wedsync_internal.sees_sharing(a.readable) then l.ip_address end as ip_address,
    case when wedsync_internal.sees_sharing(a.readable) then l.user_agent end as user_agent,
    l.version_before,
    l.version_after,
    l.changed_at,
    u.display_name as changed_by_name
from wedsync_internal.caller_access as a
join wedsync_data.audit_log as l on l.couple_id = a.couple_id
left join wedsync_data.core_fields as f on f.couple_id = l.couple_id
left join wedsync_data.users as u on u.id = l.actor_id
where wedsync_internal.sees_change(a.readable, l.right_no) and l.change_type <> 'rekey'
    -- Per row, so that only weddings with matching rows are logged. The conditions stand here again, because a plan may evaluate them later.
    and case when a.by_grant and current_user <> 'wedsync_owner' and l.couple_id = a.couple_id and wedsync_internal.sees_change(a.readable, l.right_no) then wedsync_internal.log_view_read(l.couple_id, 'core_fields_audit') else true end;
comment on view wedsync.core_fields_audit is
'Audit trail of the fields that the caller may read, one row per changed field
Changes of access and membership, and client addresses and user agents, are visible to those who manage sharing.';
comment on column wedsync.core_fields_audit.id is 'Audit id, for revert_change.';
comment on column wedsync.core_fields_audit.core_field_id is 'Record id.';
comment on column wedsync.core_fields_audit.couple_id is 'The wedding.';
comment on column wedsync.core_fields_audit.changed_field is 'Path of the field.';
comment on column wedsync.core_fields_audit.old_value is 'Value before.';
comment on column wedsync.core_fields_audit.new_value is 'Value after.';
comment on column wedsync.core_fields_audit.change_type is 'create, update, delete or truncate; erase if contents of other rows were erased.';
comment on column wedsync.core_fields_audit.changed_by is 'User; null for the system.';
comment on column wedsync.core_fields_audit.changed_by_type is 'couple, planner, family, friend, supplier, service, admin or system.';
comment on column wedsync.core_fields_audit.supplier_id is 'Supplier for which the user acted.';
comment on column wedsync.core_fields_audit.change_reason is 'Reason given.';
comment on column wedsync.core_fields_audit.ip_address is 'Client address.';
comment on column wedsync.core_fields_audit.user_agent is 'User agent.';
comment on column wedsync.core_fields_audit.version_before is 'Version before.';
comment on column wedsync.core_fields_audit.version_after is 'Version after.';
comment on column wedsync.core_fields_audit.changed_at is 'When.';
comment on column wedsync.core_fields_audit.changed_by_name is 'Display name.';
revoke all on wedsync.core_fields_audit from public;
grant select on wedsync.core_fields_audit to authenticated, service_role, wedsync_admin;
