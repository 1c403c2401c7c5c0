create or replace function wedsync_internal.ring_doorbell()
returns boolean
language plpgsql
volatile
as $$
begin
    -- NOTIFY takes a cluster-wide lock at commit, so it rings only for a relay that sleeps. A relay that is awake looks again before it sleeps.
    if exists (select from wedsync_data.relay_nodes as n where not n.awake and n.lease_until > now()) then
        perform pg_catalog.pg_notify('wedsync', '');
        return true;
    end if;
    return false;
end
$$;
comment on function wedsync_internal.ring_doorbell() is
'Wakes sleeping relays when the transaction commits, and returns whether any slept. Call it after the event was written: a relay that falls asleep counts on that order.';
revoke all on function wedsync_internal.ring_doorbell() from public;
