create or replace function wedsync_internal.is_any_relay_idle()
returns boolean
language plpgsql
stable
as $$
begin
    return exists (select from wedsync_data.relay_nodes as n where not n.awake and n.lease_until > now());
end
$$;
comment on function wedsync_internal.is_any_relay_idle() is 'Whether a relay waits for NOTIFY instead of polling.';
revoke all on function wedsync_internal.is_any_relay_idle() from public;
