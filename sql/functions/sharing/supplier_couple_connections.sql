create or replace view wedsync.supplier_couple_connections
with (security_barrier = true, security_invoker = false) as
select
    p.id,
    p.supplier_id,
    p.couple_id,
    case p.status when 'approved' then 'active' else p.status end as status,
    to_jsonb(array_remove(array[
        case when p.status = 'approved' and p.readable_fields <> '{}' then 'read_core_fields' end,
        case when p.status = 'approved' and p.writable_fields <> '{}' then 'update_core_fields' end
    ], null)) as permissions,
    p.requested_at as created_at
from wedsync.core_fields_permissions as p;
comment on view wedsync.supplier_couple_connections is 'Connections in the format of the source documents; derived from grants.';
comment on column wedsync.supplier_couple_connections.id is 'Stable id of the pair.';
comment on column wedsync.supplier_couple_connections.supplier_id is 'The supplier.';
comment on column wedsync.supplier_couple_connections.couple_id is 'The wedding.';
comment on column wedsync.supplier_couple_connections.status is 'active, pending, rejected or revoked.';
comment on column wedsync.supplier_couple_connections.permissions is 'Array of read_core_fields and update_core_fields.';
comment on column wedsync.supplier_couple_connections.created_at is 'When access was last requested.';
revoke all on wedsync.supplier_couple_connections from public;
grant select on wedsync.supplier_couple_connections to authenticated, service_role, wedsync_admin;
