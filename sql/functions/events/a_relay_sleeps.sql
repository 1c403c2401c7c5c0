create or replace function wedsync_internal.a_relay_sleeps()
returns boolean
language plpgsql
stable
as $$
begin
    return exists (select from wedsync_data.relay_nodes as n where not n.awake and n.lease_until > now());
end
$$;
comment on function wedsync_internal.a_relay_sleeps() is 'Whether a relay waits for the doorbell instead of looking by itself.';
revoke all on function wedsync_internal.a_relay_sleeps() from public;
