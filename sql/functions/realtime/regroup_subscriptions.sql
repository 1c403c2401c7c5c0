-- requires: sharing/user_access, realtime/subscription_group, realtime/access_lock, events/ring_doorbell
create or replace function wedsync_internal.regroup_subscriptions(couple_id uuid, user_id uuid)
returns integer
language plpgsql
volatile
as $$
declare
    subscription wedsync_data.subscriptions;
    access record;
    group_now bigint;
    moved integer := 0;
begin
    perform wedsync_internal.access_lock(couple_id, user_id, false);
    for subscription in
        select s.* from wedsync_data.subscriptions as s
        where (regroup_subscriptions.couple_id is null or s.couple_id = regroup_subscriptions.couple_id)
            and (regroup_subscriptions.user_id is null or s.user_id = regroup_subscriptions.user_id)
            and not s.is_service and s.group_id is not null
        for update
    loop
        select u.* into access from wedsync_internal.user_access(subscription.user_id, subscription.couple_id) as u;
        group_now := null;
        if access.readable <> repeat('0', 128)::bit(128) then
            group_now := wedsync_internal.subscription_group(
                subscription.node, subscription.couple_id, subscription.topic, access.readable, subscription.bindings,
                subscription.wants_broadcast, access.valid_until
            );
        end if;
        if group_now is distinct from subscription.group_id then
            update wedsync_data.subscriptions as s
            set group_id = group_now,
                valid_until = coalesce(access.valid_until, 'infinity'),
                moved_xid = pg_catalog.pg_current_xact_id(),
                moved_reason = case
                    when group_now is null then 'You no longer have permission to read from this Channel topic: ' || subscription.topic
                end
            where s.id = subscription.id;
            moved := moved + 1;
        end if;
    end loop;
    if moved > 0 then
        perform wedsync_internal.ring_doorbell();
    end if;
    return moved;
end
$$;
comment on function wedsync_internal.regroup_subscriptions(uuid, uuid) is
'Works out anew what open channels of a wedding, or of a person, may hear, in the transaction that changed the rights: nothing committed after a revocation reaches the revoked.';
revoke all on function wedsync_internal.regroup_subscriptions(uuid, uuid) from public;
