create or replace function wedsync_internal.realtime_overview(claims jsonb, most_rows integer default 50)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- names of users and channels are only for those who could read the tables directly
    if claims ->> 'role' is distinct from 'service_role' and claims ->> 'role' is distinct from 'wedsync_admin' then
        perform wedsync_internal.fail('not_allowed');
    end if;
    return pg_catalog.jsonb_build_object(
        'stats', wedsync_internal.connection_figures(),
        'servers', coalesce((select pg_catalog.jsonb_agg(to_jsonb(h)) from wedsync_internal.node_health() as h), '[]'),
        'advice', coalesce((select pg_catalog.jsonb_agg(to_jsonb(b)) from wedsync_internal.node_balance() as b), '[]'),
        'channels', coalesce((
            select pg_catalog.jsonb_agg(to_jsonb(t) order by t.joined desc, t.topic)
            from (
                select s.topic, count(*) as joined, count(distinct s.user_id) as people
                from wedsync_data.subscriptions as s join wedsync_data.relay_nodes as n on n.node = s.node
                where s.active and n.lease_until > now()
                group by s.topic
                order by count(*) desc, s.topic
                limit most_rows
            ) as t
        ), '[]'),
        'people', coalesce((
            select pg_catalog.jsonb_agg(
                pg_catalog.jsonb_build_object('name', u.display_name, 'channels', k.channels, 'messages', a.messages, 'last_message_at', a.last_message_at)
                || to_jsonb(p) order by p.sockets desc, p.connected_at
            )
            from (
                select c.user_id, count(*) as sockets, min(c.connected_at) as connected_at
                from wedsync_data.websocket_connections as c join wedsync_data.relay_nodes as n on n.node = c.node
                where c.is_active and n.lease_until > now() and c.user_id is not null
                group by c.user_id
                order by count(*) desc, min(c.connected_at)
                limit most_rows
            ) as p
            left join wedsync_data.users as u on u.id = p.user_id
            cross join lateral (
                select count(*) as channels
                from wedsync_data.subscriptions as s join wedsync_data.relay_nodes as n on n.node = s.node
                where s.user_id = p.user_id and s.active and n.lease_until > now()
            ) as k
            cross join lateral (
                select coalesce(sum(r.count), 0) as messages, max(r.last_at) as last_message_at
                from wedsync_data.realtime_activity as r
                where r.user_id = p.user_id and r.minute > now() - interval '24 hours'
                    and r.event_type in ('broadcast', 'postgres_changes', 'presence')
            ) as a
        ), '[]')
    );
end
$$;
comment on function wedsync_internal.realtime_overview(jsonb, integer) is
'Data for the dashboard in addition to the counts of the processes, for verified claims of a server role: {stats, servers, advice, channels, people}
channels and people are the most_rows busiest. Errors: not_allowed (42501).';
revoke all on function wedsync_internal.realtime_overview(jsonb, integer) from public;
grant execute on function wedsync_internal.realtime_overview(jsonb, integer) to wedsync_worker;
