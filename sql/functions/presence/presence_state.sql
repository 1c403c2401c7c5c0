create or replace function wedsync_internal.presence_state(topic text)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_catalog.jsonb_build_object(
        'version', coalesce((select p.version from wedsync_data.presence_topics as p where p.topic = $1), 0),
        'state', coalesce((
            select pg_catalog.jsonb_object_agg(k.key, pg_catalog.jsonb_build_object('metas', k.metas))
            from (
                select e.key, pg_catalog.jsonb_agg(e.meta || pg_catalog.jsonb_build_object('phx_ref', e.ref) order by e.ref) as metas
                from wedsync_data.presence_entries as e
                left join wedsync_data.relay_nodes as n on n.node = e.node
                where e.topic = $1 and e.lease_until > now() and (e.node is null or n.lease_until > now())
                group by e.key
            ) as k
        ), '{}')
    )
$$;
comment on function wedsync_internal.presence_state(text) is 'Presence on a topic: {version, state} with state as the payload of presence_state, which includes diffs up to version.';
revoke all on function wedsync_internal.presence_state(text) from public;
grant execute on function wedsync_internal.presence_state(text) to wedsync_worker;
