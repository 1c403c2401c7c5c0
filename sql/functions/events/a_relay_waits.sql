create or replace function wedsync_internal.a_relay_waits(couple_id uuid)
returns boolean
language plpgsql
stable
as $$
begin
    -- a relay without an audience for this wedding may go on sleeping: of many, some always do, and they would make every writer ring
    return exists (
        select from wedsync_data.subscription_groups as g
        join wedsync_data.relay_nodes as n on n.node = g.node
        -- an audience of everything within somebody's reach may have this wedding in it
        where (g.couple_id = a_relay_waits.couple_id or g.scope = 'caller') and not n.awake and n.lease_until > now()
    );
end
$$;
comment on function wedsync_internal.a_relay_waits(uuid) is
'Whether a relay that has an audience for the wedding waits for the doorbell instead of looking by itself.';
revoke all on function wedsync_internal.a_relay_waits(uuid) from public;
