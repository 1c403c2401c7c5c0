create or replace view wedsync.core_fields_permissions
with (security_barrier = true, security_invoker = false) as
select
    md5(c.couple_id::text || c.supplier_id::text)::uuid as id,
    c.couple_id,
    c.supplier_id,
    coalesce(g.readable_fields, '{}') as readable_fields,
    coalesce(g.writable_fields, '{}') as writable_fields,
    coalesce(g.requested_fields, '{}') as requested_fields,
    c.auto_sync_enabled,
    c.notification_preferences,
    (
        select n.state from wedsync_data.grants as n
        where n.couple_id = c.couple_id and n.grantee_id = c.supplier_id
        order by array_position('{approved,pending}'::text[], n.state) nulls last, n.decided_at desc nulls last, n.created_at desc, n.id desc
        limit 1
    ) as status,
    c.approved_by,
    c.approved_at,
    c.requested_at,
    c.last_accessed_at as last_accessed,
    coalesce(g.requested_writable_fields, '{}') as requested_writable_fields,
    c.request_version
from wedsync_data.connections as c
left join lateral (
    select
        array_agg(n.field_name order by n.field_name) filter (where n.state = 'approved') as readable_fields,
        array_agg(n.field_name order by n.field_name) filter (where n.state = 'approved' and n.can_write) as writable_fields,
        array_agg(n.field_name order by n.field_name) filter (where n.state = 'pending') as requested_fields,
        array_agg(n.field_name order by n.field_name) filter (where n.state = 'pending' and n.can_write) as requested_writable_fields
    from wedsync_data.grants as n
    where n.couple_id = c.couple_id and n.grantee_id = c.supplier_id and n.state in ('approved', 'pending')
        and n.valid_from <= now() and n.valid_until > now()
) as g on true
where c.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or exists (
        select from wedsync_data.wedding_members as m
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where m.couple_id = c.couple_id and m.user_id = (select wedsync_internal.current_user_id()) and wedsync_internal.sees_sharing(r.readable)
    )
    or (select wedsync_internal.is_service())
union all
-- to the requesting supplier, a request for an id that is not a wedding looks like any pending one
select
    md5(r.couple_id::text || r.supplier_id::text)::uuid, r.couple_id, r.supplier_id, '{}', '{}', r.readable_fields, true,
    '{"updates": true, "changes": true}', 'pending', null, null, r.requested_at, null, r.writable_fields, r.request_version
from wedsync_data.unanswered_requests as r
where r.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]);
comment on view wedsync.core_fields_permissions is
'Access of each supplier, one row per couple and supplier
The couple sees its suppliers, a supplier sees itself. Derived from grants; change it with grant_access, approve_access, reject_access and revoke_access.';
comment on column wedsync.core_fields_permissions.id is 'Stable id of the pair.';
comment on column wedsync.core_fields_permissions.couple_id is 'The wedding.';
comment on column wedsync.core_fields_permissions.supplier_id is 'The supplier.';
comment on column wedsync.core_fields_permissions.readable_fields is 'Names granted.';
comment on column wedsync.core_fields_permissions.writable_fields is 'Names granted for writing.';
comment on column wedsync.core_fields_permissions.requested_fields is 'Names that await approval by the couple.';
comment on column wedsync.core_fields_permissions.auto_sync_enabled is 'Whether changes are announced to the supplier.';
comment on column wedsync.core_fields_permissions.notification_preferences is 'Object of booleans: updates, changes.';
comment on column wedsync.core_fields_permissions.status is 'pending, approved, rejected or revoked.';
comment on column wedsync.core_fields_permissions.approved_by is 'Who last approved; null if approved by preferences.';
comment on column wedsync.core_fields_permissions.approved_at is 'When.';
comment on column wedsync.core_fields_permissions.requested_at is 'When access was last requested.';
comment on column wedsync.core_fields_permissions.last_accessed is 'Last read by the supplier, to the minute.';
comment on column wedsync.core_fields_permissions.requested_writable_fields is 'Requested fields for which write access is requested.';
comment on column wedsync.core_fields_permissions.request_version is 'Version of the request, for approve_access.';
revoke all on wedsync.core_fields_permissions from public;
grant select on wedsync.core_fields_permissions to authenticated, service_role, wedsync_admin;
