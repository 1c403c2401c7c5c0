create or replace view wedsync.realtime_subscriptions
with (security_barrier = true, security_invoker = false) as
select
    s.id, s.user_id, s.connection_id, s.topic as channel_name,
    coalesce((select b.v ->> 'table' from pg_catalog.jsonb_array_elements(
        case pg_catalog.jsonb_typeof(s.config -> 'postgres_changes') when 'array' then s.config -> 'postgres_changes' else '[]' end
    ) as b (v) limit 1), 'core_fields') as table_name,
    s.config -> 'postgres_changes' as filter_params,
    s.active and n.lease_until > now() as active,
    s.joined_at as created_at, s.last_ping_at
from wedsync_data.subscriptions as s
join wedsync_data.relay_nodes as n on n.node = s.node
where s.user_id = (select wedsync_internal.current_user_id()) or (select wedsync_internal.is_service());
comment on view wedsync.realtime_subscriptions is 'The caller''s subscriptions, open and recently closed.';
comment on column wedsync.realtime_subscriptions.id is 'Subscription id.';
comment on column wedsync.realtime_subscriptions.user_id is 'The user.';
comment on column wedsync.realtime_subscriptions.connection_id is 'The socket.';
comment on column wedsync.realtime_subscriptions.channel_name is 'Channel without prefix.';
comment on column wedsync.realtime_subscriptions.table_name is 'Table of the first row-change binding.';
comment on column wedsync.realtime_subscriptions.filter_params is 'Requested row-change bindings.';
comment on column wedsync.realtime_subscriptions.active is 'Whether it is open.';
comment on column wedsync.realtime_subscriptions.created_at is 'Since when.';
comment on column wedsync.realtime_subscriptions.last_ping_at is 'Last heartbeat.';
revoke all on wedsync.realtime_subscriptions from public;
grant select on wedsync.realtime_subscriptions to authenticated, service_role, wedsync_admin;
