create or replace function wedsync_internal.conflict_detail(
    couple_id uuid, path text, base_version integer, current_value jsonb, incoming_value jsonb
)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
        'path', $2,
        'base', first.old_value,
        'current', $4,
        'incoming', $5,
        'changed_by', last.actor_id,
        'changed_by_name', u.display_name,
        'changed_by_type', last.actor_type,
        'changed_at', last.changed_at,
        'version', last.version_after
    ))
    from (
        select l.old_value from wedsync_data.audit_log as l
        where l.couple_id = $1 and l.path = $2 and l.version_after > $3 order by l.chain_no, l.id limit 1
    ) as first
    cross join (
        select l.* from wedsync_data.audit_log as l
        where l.couple_id = $1 and l.path = $2 and l.version_after > $3 order by l.chain_no desc, l.id desc limit 1
    ) as last
    left join wedsync_data.users as u on u.id = last.actor_id
$$;
comment on function wedsync_internal.conflict_detail(uuid, text, integer, jsonb, jsonb) is
'The conflict on a field since base_version: base, current and incoming value, by whom, and when. Null if that field did not change (another element of the same list did).';
revoke all on function wedsync_internal.conflict_detail(uuid, text, integer, jsonb, jsonb) from public;
