create or replace function wedsync_internal.expire_subscriptions()
returns integer
language plpgsql
volatile
as $$
declare
    couples uuid[];
begin
    -- A wedding that somebody writes to at this moment is left for the next time: nobody's lease ends for want of a lock.
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
comment on function wedsync_internal.expire_subscriptions() is 'Moves subscriptions whose rights have expired or have begun. Their groups have received nothing since that moment.';
revoke all on function wedsync_internal.expire_subscriptions() from public;
