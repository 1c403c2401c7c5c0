create or replace function wedsync_internal.has_idle_relay(couple_id uuid)
returns boolean
language plpgsql
stable
as $$
begin
    -- a relay without a group for this wedding may stay idle: of many, some always are, and they would make every writer notify
    return exists (
        select from wedsync_data.subscription_groups as g
        join wedsync_data.relay_nodes as n on n.node = g.node
        -- a group of everything within somebody's reach may include this wedding
        where (g.couple_id = has_idle_relay.couple_id or g.scope = 'caller') and not n.awake and n.lease_until > now()
    );
end
$$;
comment on function wedsync_internal.has_idle_relay(uuid) is
'Whether a relay that has a group for the wedding waits for NOTIFY instead of polling.';
revoke all on function wedsync_internal.has_idle_relay(uuid) from public;
