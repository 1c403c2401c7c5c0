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
    -- Takes locks first without waiting, so it cannot deadlock; groups that are locked now are pruned later.
    select array_agg(e.id) into candidates
    from (
        select g.id from wedsync_data.subscription_groups as g
        where g.node = prune_groups.node
            and not exists (select from wedsync_data.subscriptions as s where s.group_id = g.id)
        for update skip locked
    ) as e;
    -- A second statement, with a snapshot taken under the locks, so that it sees all who joined before.
    delete from wedsync_data.subscription_groups as g
    where g.id = any (candidates)
        and not exists (select from wedsync_data.subscriptions as s where s.group_id = g.id);
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function wedsync_internal.prune_groups(uuid) is 'Deletes groups of a node without subscriptions. Safe to run concurrently with joins and changes of access.';
revoke all on function wedsync_internal.prune_groups(uuid) from public;
