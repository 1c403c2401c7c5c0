create or replace function wedsync_internal.access_summary(couple_id uuid, grantee_id uuid)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_build_object(
        'status', wedsync_internal.access_status($1, $2),
        'readable_fields', coalesce(pg_catalog.jsonb_agg(g.field_name order by g.field_name) filter (where g.state = 'approved'), '[]'),
        'writable_fields', coalesce(pg_catalog.jsonb_agg(g.field_name order by g.field_name) filter (where g.state = 'approved' and g.can_write), '[]'),
        'requested_fields', coalesce(pg_catalog.jsonb_agg(g.field_name order by g.field_name) filter (where g.state = 'pending'), '[]')
    ) || case when bool_or(g.state = 'pending') then pg_catalog.jsonb_build_object(
        'requested_writable_fields', coalesce(pg_catalog.jsonb_agg(g.field_name order by g.field_name) filter (where g.state = 'pending' and g.can_write), '[]'),
        'request_version', (select c.request_version from wedsync_data.connections as c where c.couple_id = $1 and c.supplier_id = $2)
    ) else '{}' end
    from wedsync_data.grants as g
    where g.couple_id = $1 and g.grantee_id = $2 and g.state in ('pending', 'approved')
$$;
comment on function wedsync_internal.access_summary(uuid, uuid) is 'Current access of a supplier or member: {status, readable_fields, writable_fields, requested_fields}, and for pending requests requested_writable_fields and request_version.';
revoke all on function wedsync_internal.access_summary(uuid, uuid) from public;
