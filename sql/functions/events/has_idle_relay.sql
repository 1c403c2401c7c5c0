create or replace function wedsync_internal.has_idle_relay(couple_id uuid)
returns boolean
language plpgsql
stable
as $$
begin
    -- relays without a group for this wedding may stay idle; otherwise, with many relays, every writer would have to notify
    -- Two index look-ups for each idle relay: a cached plan with OR from a time with few groups would read all of them.
    return exists (
        select from wedsync_data.relay_nodes as n
        where not n.awake and n.lease_until > now() and (
            exists (select from wedsync_data.subscription_groups as g where g.couple_id = has_idle_relay.couple_id and g.node = n.node)
            -- a group that spans weddings may include this one
            or exists (select from wedsync_data.subscription_groups as g where g.scope = 'caller' and g.node = n.node)
        )
    );
end
$$;
comment on function wedsync_internal.has_idle_relay(uuid) is
'Whether a relay that has a group for the wedding waits for NOTIFY instead of polling.';
revoke all on function wedsync_internal.has_idle_relay(uuid) from public;
