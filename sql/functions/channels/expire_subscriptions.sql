create or replace function wedsync_internal.expire_subscriptions()
returns integer
language plpgsql
volatile
as $$
declare
    couples uuid[];
begin
    -- Skips weddings that are locked by writers until the next time, so that no lease expires while waiting for a lock.
    couples := array(
        select k.couple_id from wedsync_data.wedding_clocks as k
        where k.couple_id in (
            select s.couple_id from wedsync_data.subscriptions as s where s.active and s.valid_until < 'infinity' and s.valid_until <= now()
        )
        order by k.couple_id
        for update skip locked
    );
    return case when couples = '{}' then 0 else wedsync_internal.regroup_subscriptions(couples, '{}') end;
end
$$;
comment on function wedsync_internal.expire_subscriptions() is 'Regroups subscriptions whose access has expired or started. Their groups have received nothing since that time.';
revoke all on function wedsync_internal.expire_subscriptions() from public;
