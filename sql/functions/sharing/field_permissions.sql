-- requires: core_fields/mask_paths
create or replace function wedsync_internal.field_permissions(couple_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_object_agg(v.supplier_id, v.paths), '{}')
    from (
        select g.grantee_id as supplier_id, to_jsonb(wedsync_internal.mask_paths(bit_or(g.readable))) as paths
        from wedsync_data.grants as g
        where g.couple_id = $1 and g.grantee_kind = 'supplier' and g.state = 'approved'
            and g.valid_from <= now() and g.valid_until > now()
        group by g.grantee_id
    ) as v
$$;
comment on function wedsync_internal.field_permissions(uuid) is 'Which supplier reads which paths: supplier id to array of paths. Derived from grants.';
revoke all on function wedsync_internal.field_permissions(uuid) from public;
