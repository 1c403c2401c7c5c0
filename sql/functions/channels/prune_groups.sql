create or replace function wedsync_internal.prune_groups(node uuid)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    candidates bigint[];
    pruned integer;
begin
    -- Locks first and never waits, so it cannot be part of a deadlock; what is locked now is pruned another time.
    select array_agg(e.id) into candidates
    from (
        select g.id from wedsync_data.subscription_groups as g
        where g.node = prune_groups.node
            and not exists (select from wedsync_data.subscriptions as s where s.group_id = g.id)
        for update skip locked
    ) as e;
    -- A second statement, so with a snapshot taken under the locks: whoever joined before them is seen.
    delete from wedsync_data.subscription_groups as g
    where g.id = any (candidates)
        and not exists (select from wedsync_data.subscriptions as s where s.group_id = g.id);
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function wedsync_internal.prune_groups(uuid) is 'Removes groups of a node that have no subscriptions left. Safe beside joins and changes of rights.';
revoke all on function wedsync_internal.prune_groups(uuid) from public;
