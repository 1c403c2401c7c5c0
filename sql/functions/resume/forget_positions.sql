create or replace function wedsync_internal.forget_positions(subscription_ids bigint[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    with back as (
        select r.user_id, r.topic, r.session, count(*) as clients, bool_or(s.resync) as was_late
        from wedsync_data.subscriptions as s
        join wedsync_data.resume_points as r on r.user_id = s.user_id and r.topic = s.topic and r.session = coalesce(s.session, '')
        where s.id = any ($1) and wedsync_internal.is_return(s, r)
        group by r.user_id, r.topic, r.session
    ),

    done as (
        delete from wedsync_data.resume_points as r
        using back as b
        where r.user_id = b.user_id and r.topic = b.topic and r.session = b.session and (r.session <> '' or r.clients <= b.clients)
    )

    -- Other returning clients without a session get the same position. If it is too late to resume, they have another
    -- resume_minutes until the clean-up: some were closed for good, and current clients should not be told to resync forever.
    update wedsync_data.resume_points as r
    set clients = r.clients - b.clients,
        epoch = case when not b.was_late then r.epoch end,
        saved_at = case when b.was_late then now() - make_interval(days => (s.value #>> '{}')::integer) else r.saved_at end
    from back as b, wedsync_data.settings as s
    where r.user_id = b.user_id and r.topic = b.topic and r.session = b.session and r.session = '' and r.clients > b.clients
        and s.name = 'remember_days';

    -- done with this one: positions saved from here on belong to another absence
    update wedsync_data.subscriptions as s set resumed_from = null, resync = false
    where s.id = any ($1) and (s.resync or s.resumed_from is not null);

    -- left behind by a process that died before such a join, which resumed from there
    update wedsync_data.subscriptions as d set active = false, group_id = null, last_ping_at = now()
    from wedsync_data.subscriptions as s, wedsync_data.relay_nodes as n
    where s.id = any ($1) and d.user_id = s.user_id and d.topic = s.topic and d.session = s.session and d.active
        and n.node = d.node and n.lease_until <= s.joined_at
$$;
comment on function wedsync_internal.forget_positions(bigint[]) is
'Removes positions that subscriptions have resumed from, or could not resume from, including those left by dead processes, once their clients have confirmed what they had missed or left on purpose. A position kept for several clients without a session stays until as many have.';
revoke all on function wedsync_internal.forget_positions(bigint[]) from public;
grant execute on function wedsync_internal.forget_positions(bigint[]) to wedsync_worker;
