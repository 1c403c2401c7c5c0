create or replace function wedsync_internal.notify_relays()
returns void
language plpgsql
volatile
as $$
begin
    -- NOTIFY takes a cluster-wide lock at commit, so it is sent only if a relay waits for it. Relays poll once more before they wait.
    if wedsync_internal.is_any_relay_idle() then
        perform pg_catalog.pg_notify('wedsync', '');
    end if;
end
$$;
comment on function wedsync_internal.notify_relays() is
'Notifies idle relays when the transaction commits. Call it after the event was written: a relay that becomes idle relies on that order.';
revoke all on function wedsync_internal.notify_relays() from public;
