create or replace function wedsync.realtime_status()
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
begin
    return (
        select pg_catalog.jsonb_build_object(
            'connected', coalesce(bool_or(true), false),
            'activeChannels', coalesce(pg_catalog.jsonb_agg(distinct s.topic), '[]'),
            'messageCount', (
                select coalesce(sum(a.count), 0) from wedsync_data.realtime_activity as a
                where a.user_id = caller and a.minute > now() - interval '24 hours' and a.event_type in ('broadcast', 'postgres_changes', 'presence')
            ),
            'lastMessageAt', (
                select max(a.last_at) from wedsync_data.realtime_activity as a
                where a.user_id = caller and a.event_type in ('broadcast', 'postgres_changes', 'presence')
            )
        )
        from wedsync_data.subscriptions as s
        join wedsync_data.relay_nodes as n on n.node = s.node
        where s.user_id = caller and s.active and n.lease_until > now()
    );
end
$$;
comment on function wedsync.realtime_status() is
'The caller''s realtime state: {connected, activeChannels, messageCount, lastMessageAt}
messageCount covers the last 24 hours. Errors: not_signed_in (42501).';
revoke all on function wedsync.realtime_status() from public;
grant execute on function wedsync.realtime_status() to authenticated;
