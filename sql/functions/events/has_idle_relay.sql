create or replace function wedsync_internal.has_idle_relay(couple_id uuid)
returns boolean
language plpgsql
stable
as $$
begin
    -- relays without a group for this wedding may stay idle; otherwise, with many relays, every writer would have to notify
    return exists (
        select from wedsync_data.subscription_groups as g
        join wedsync_data.relay_nodes as n on n.node = g.node
        -- a group that spans weddings may include this one
        where (g.couple_id = has_idle_relay.couple_id or g.scope = 'caller') and not n.awake and n.lease_until > now()
    );
end
$$;
comment on function wedsync_internal.has_idle_relay(uuid) is
'Whether a relay that has a group for the wedding waits for NOTIFY instead of polling.';
revoke all on function wedsync_internal.has_idle_relay(uuid) from public;
