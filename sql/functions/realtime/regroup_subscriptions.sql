-- requires: realtime/topic_access, realtime/group_for, realtime/access_lock, events/ring_doorbell
create or replace function wedsync_internal.regroup_subscriptions(couple_id uuid, user_id uuid)
returns integer
language plpgsql
volatile
as $$
declare
    subscription wedsync_data.subscriptions;
    access record;
    audience record;
    group_now bigint;
    problem text;
    moved integer := 0;
begin
    perform wedsync_internal.access_lock(couple_id, user_id, false);
    for subscription in
        select s.* from wedsync_data.subscriptions as s
        where (regroup_subscriptions.couple_id is null or s.couple_id = regroup_subscriptions.couple_id)
            and (regroup_subscriptions.user_id is null or s.user_id = regroup_subscriptions.user_id)
            and not s.is_service and s.active and not s.ended
            -- what an earlier statement of this transaction ended, this one may have given back, as where grants are replaced
            and (s.group_id is not null or s.moved_xid = pg_catalog.pg_current_xact_id())
            and not exists (
                select from wedsync_data.collaboration_sessions as c where c.id = s.collaboration_session and c.ended_at is not null
            )
        for update
    loop
        access := wedsync_internal.topic_access(subscription.user_id, false, subscription.topic);
        group_now := null;
        problem := access.reason;
        if access.code is null then
            audience := wedsync_internal.group_for(
            subscription.node, subscription.topic, access.scope, access.tables, access.couple_id, access.principals, access.readable, access.valid_until,
            subscription.config, false);
            group_now := audience.group_id;
            problem := audience.problem;
        end if;
        if group_now is distinct from subscription.group_id then
            update wedsync_data.subscriptions as s
            set group_id = group_now, valid_until = coalesce(access.valid_until, 'infinity'),
                moved_xid = pg_catalog.pg_current_xact_id(), moved_reason = problem
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
