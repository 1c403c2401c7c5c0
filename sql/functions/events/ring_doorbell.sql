create or replace function wedsync_internal.ring_doorbell()
returns void
language plpgsql
volatile
as $$
begin
    -- NOTIFY takes a cluster-wide lock at commit, so it rings only for a relay that sleeps. A relay that is awake looks again before it sleeps.
    if wedsync_internal.a_relay_sleeps() then
        perform pg_catalog.pg_notify('wedsync', '');
    end if;
end
$$;
comment on function wedsync_internal.ring_doorbell() is
'Wakes sleeping relays when the transaction commits. Call it after the event was written: a relay that falls asleep counts on that order.';
revoke all on function wedsync_internal.ring_doorbell() from public;
