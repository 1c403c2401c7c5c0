create or replace function wedsync_internal.access_status(couple_id uuid, grantee_id uuid)
returns text
language sql
stable
as $$
    select g.state
    from wedsync_data.grants as g
    where g.couple_id = $1 and g.grantee_id = $2
    order by array_position('{approved,pending}'::text[], g.state) nulls last, g.decided_at desc nulls last, g.created_at desc, g.id desc
    limit 1
$$;
comment on function wedsync_internal.access_status(uuid, uuid) is
'Status of a couple and a supplier: approved if any grant is, otherwise pending if any is, otherwise that of the last decision; null if access was never requested.';
revoke all on function wedsync_internal.access_status(uuid, uuid) from public;
