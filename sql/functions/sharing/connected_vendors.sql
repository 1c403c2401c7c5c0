create or replace view wedsync_internal.connected_vendors
with (security_barrier = true, security_invoker = false) as
select
    g.couple_id, s.id as supplier_id, s.business_name, g.readable_fields,
    pg_catalog.jsonb_build_object(
        'supplier_id', s.id,
        'supplier_name', s.business_name,
        'access_fields', g.readable_fields,
        'connected_at', c.approved_at,
        'permissions', pg_catalog.jsonb_build_object('read', g.readable_fields, 'write', g.writable_fields)
    ) as vendor
from (
    select
        g.couple_id, g.grantee_id,
        pg_catalog.jsonb_agg(g.field_name order by g.field_name) as readable_fields,
        coalesce(pg_catalog.jsonb_agg(g.field_name order by g.field_name) filter (where g.can_write), '[]') as writable_fields
    from wedsync_data.grants as g
    where g.grantee_kind = 'supplier' and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    group by g.couple_id, g.grantee_id
) as g
join wedsync_data.suppliers as s on s.id = g.grantee_id
join wedsync_data.connections as c on c.couple_id = g.couple_id and c.supplier_id = g.grantee_id;
comment on view wedsync_internal.connected_vendors is 'Suppliers with access in force and the field names granted to them. Derived from grants.';
comment on column wedsync_internal.connected_vendors.couple_id is 'The wedding.';
comment on column wedsync_internal.connected_vendors.supplier_id is 'The supplier.';
comment on column wedsync_internal.connected_vendors.business_name is 'Its name.';
comment on column wedsync_internal.connected_vendors.readable_fields is 'Names granted.';
comment on column wedsync_internal.connected_vendors.vendor is 'Entry in the format of the source documents.';
revoke all on wedsync_internal.connected_vendors from public;
