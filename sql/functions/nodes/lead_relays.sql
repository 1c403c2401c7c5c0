create or replace function wedsync_internal.lead_relays(node uuid)
returns uuid[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update wedsync_data.relay_leadership as l set leader = lead_relays.node, lease_until = now() + interval '3 seconds'
    where (l.leader is null or l.leader = lead_relays.node or l.lease_until < now())
        and exists (select from wedsync_data.relay_nodes as n where n.node = lead_relays.node and n.lease_until > now());
    if not found then
        return null;
    end if;
    return array(select n.node from wedsync_data.relay_nodes as n where n.fed and n.lease_until > now());
end
$$;
comment on function wedsync_internal.lead_relays(uuid) is
'Takes or renews the lease of three seconds under which one node reads the log for all followers
Returns the followers, or null while another node leads. Two simultaneous leaders are harmless: followers recognise by position what they have already received.';
revoke all on function wedsync_internal.lead_relays(uuid) from public;
grant execute on function wedsync_internal.lead_relays(uuid) to wedsync_worker;
