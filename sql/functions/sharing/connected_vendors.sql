-- requires: core_fields/mask_paths
create or replace function wedsync_internal.connected_vendors(couple_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(v.vendor order by v.business_name, v.supplier_id), '[]')
    from (
        select s.business_name, s.id as supplier_id, pg_catalog.jsonb_build_object(
            'supplier_id', s.id,
            'supplier_name', s.business_name,
            'access_fields', to_jsonb(wedsync_internal.mask_paths(bit_or(g.readable))),
            'connected_at', c.approved_at,
            'permissions', pg_catalog.jsonb_build_object(
                'read', pg_catalog.jsonb_agg(g.field_name order by g.field_name),
                'write', coalesce(pg_catalog.jsonb_agg(g.field_name order by g.field_name) filter (where g.can_write), '[]')
            )
        ) as vendor
        from wedsync_data.grants as g
        join wedsync_data.suppliers as s on s.id = g.grantee_id
        join wedsync_data.connections as c on c.couple_id = g.couple_id and c.supplier_id = g.grantee_id
        where g.couple_id = $1 and g.grantee_kind = 'supplier' and g.state = 'approved'
            and g.valid_from <= now() and g.valid_until > now()
        group by s.id, s.business_name, c.approved_at
    ) as v
$$;
comment on function wedsync_internal.connected_vendors(uuid) is 'Suppliers with access in force and what they may do, in the first source''s shape. Derived from grants.';
revoke all on function wedsync_internal.connected_vendors(uuid) from public;
