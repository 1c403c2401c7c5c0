-- drop: function wedsync_internal.regroup_subscriptions(uuid, uuid)
create or replace function wedsync_internal.regroup_subscriptions(couple_ids uuid[], user_ids uuid[])
returns integer
language plpgsql
volatile
as $$
declare
    concerned bigint[];
    subscription record;
    audience record;
    group_now bigint;
    problem text;
    moved integer := 0;
begin
    perform wedsync_internal.lock_subscriptions(couple_ids, user_ids);
    concerned := array(
        select s.id from wedsync_data.subscriptions as s
        where ((regroup_subscriptions.couple_ids is null and regroup_subscriptions.user_ids is null)
                or s.couple_id = any (regroup_subscriptions.couple_ids) or s.user_id = any (regroup_subscriptions.user_ids))
            and not s.is_service and s.active and not s.ended
            -- this statement may restore access that an earlier one of this transaction revoked, as when grants are replaced
            and (s.group_id is not null or s.moved_xid = pg_catalog.pg_current_xact_id())
            and not exists (
                select from wedsync_data.collaboration_sessions as c where c.id = s.collaboration_session and c.ended_at is not null
            )
    );
    -- Others may be adding the same rows, so all add them in the same order: masks, then groups by node and topic.
    perform wedsync_internal.keep_visibility_masks(array(
        select distinct a.readable
        from wedsync_data.subscriptions as s
        cross join lateral wedsync_internal.topic_access(s.user_id, false, s.topic) as a
        where s.id = any (concerned) and a.code is null and a.readable is not null
    ));
    for subscription in
        select s.id, s.node, s.topic, s.config, s.group_id, a.*
        from wedsync_data.subscriptions as s
        cross join lateral wedsync_internal.topic_access(s.user_id, false, s.topic) as a
        where s.id = any (concerned)
        order by s.node, s.topic, s.config::text, s.user_id, s.id
    loop
        group_now := null;
        problem := subscription.reason;
        if subscription.code is null then
            audience := wedsync_internal.group_for(
                subscription.node, subscription.topic, subscription.scope, subscription.tables, subscription.couple_id, subscription.principals,
                subscription.readable, subscription.valid_until, subscription.config, false
            );
            group_now := audience.group_id;
            problem := audience.problem;
        end if;
        if group_now is distinct from subscription.group_id then
            update wedsync_data.subscriptions as s
            set group_id = group_now, valid_until = coalesce(subscription.valid_until, 'infinity'),
                moved_xid = pg_catalog.pg_current_xact_id(), moved_reason = problem
            where s.id = subscription.id;
            moved := moved + 1;
        end if;
    end loop;
    if moved > 0 then
        perform wedsync_internal.notify_relays();
    end if;
    return moved;
end
$$;
comment on function wedsync_internal.regroup_subscriptions(uuid[], uuid[]) is
'Recomputes what open channels of these weddings and users may receive (null for both: everybody), in the transaction that changed access: changes that commit after a revocation are not sent.';
revoke all on function wedsync_internal.regroup_subscriptions(uuid[], uuid[]) from public;
