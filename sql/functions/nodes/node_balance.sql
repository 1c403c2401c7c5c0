create or replace function wedsync_internal.node_balance()
returns table (
    server_instance uuid, host text, pid integer, sockets bigint, share numeric, even_share numeric, most_sockets bigint, used numeric,
    loop_lag_seconds real, action text, reason text
)
language sql
stable
as $$
    with rules as (
        select
            max((s.value #>> '{}')::numeric) filter (where s.name = 'balance_most_used_percent') / 100 as most_used,
            max((s.value #>> '{}')::numeric) filter (where s.name = 'balance_uneven_percent') / 100 as uneven,
            max((s.value #>> '{}')::numeric) filter (where s.name = 'balance_most_lag_ms') / 1000 as most_lag
        from wedsync_data.settings as s
    ),
    nodes as (
        select h.*, h.status not in ('gone', 'starting') as counts, h.loop_lag_seconds > r.most_lag as late
        from wedsync_internal.node_health() as h cross join rules as r
    ),
    whole as (
        select
            count(*) as processes, coalesce(sum(n.sockets), 0)::bigint as sockets, coalesce(sum(n.most_sockets), 0)::bigint as room,
            max(n.loop_lag_seconds) as lag, count(*) filter (where n.late) as late, count(*) filter (where not n.doorbell_hears) as deaf
        from nodes as n where n.counts
    ),
    shares as (
        select
            n.*, w.processes, w.late as all_late, w.deaf as all_deaf, w.sockets as all_sockets,
            round(n.sockets::numeric / nullif(w.sockets, 0), 3) as share, round(n.most_sockets::numeric / nullif(w.room, 0), 3) as even_share,
            n.sockets - w.sockets * n.most_sockets::numeric / nullif(w.room, 0) as above
        from nodes as n cross join whole as w
    ),
    needed as (
        -- the number of processes needed for all sockets if each uses most_used of its capacity
        select ceil(w.sockets / nullif(r.most_used * w.room / nullif(w.processes, 0), 0))::bigint as processes from whole as w cross join rules as r
    )
    select
        s.server_instance, s.host, s.pid, s.sockets::bigint, case when s.counts then s.share end, case when s.counts then s.even_share end,
        s.most_sockets::bigint, round(s.sockets::numeric / nullif(s.most_sockets, 0), 3), s.loop_lag_seconds, a.action,
        case a.action
            when 'gone' then 'its lease has expired; clients reconnect to other processes'
            when 'wait' then 'it has not reported yet'
            when 'drain' then case
                when not s.doorbell_hears then format('it does not hear the doorbell, %s of %s others do: end it with SIGTERM, clients go on elsewhere', s.processes - s.all_deaf, s.processes - 1)
                else format('its event loop is %s ms late, %s of %s others keep up: end it with SIGTERM, clients go on elsewhere', round(s.loop_lag_seconds::numeric * 1000), s.processes - s.all_late, s.processes - 1)
            end
            when 'spread' then format(
                '%s of %s sockets are %s %%, an even share is %s %%: let the balancer choose the fewest connections, or end it at a quiet hour',
                s.sockets, s.all_sockets, round(100 * s.share), round(100 * s.even_share)
            )
            else format('%s of %s sockets', s.sockets, s.all_sockets)
        end
    from shares as s
    cross join rules as r
    cross join lateral (
        select case
            when s.status = 'gone' then 'gone'
            when s.status = 'starting' then 'wait'
            when not s.doorbell_hears and s.all_deaf < s.processes then 'drain'
            when s.late and s.all_late < s.processes then 'drain'
            -- ignore small differences
            when s.share > r.uneven * s.even_share and s.above >= 50 then 'spread'
            else 'keep'
        end as action
    ) as a

    union all

    select
        null, null, null, w.sockets, null, null, w.room, round(w.sockets::numeric / nullif(w.room, 0), 3), w.lag, a.action,
        case
            when w.processes = 0 then 'no process reports: changes are not delivered'
            when a.action = 'add' and n.processes > w.processes then format(
                '%s sockets, %s processes with room for %s: at %s %% of that each it takes %s, %s more', w.sockets, w.processes, w.room,
                round(100 * r.most_used), n.processes, n.processes - w.processes
            )
            when a.action = 'add' then format('all %s processes are late, by up to %s ms: it takes more of them, on other cores', w.processes, round(w.lag::numeric * 1000))
            else format('%s of %s sockets that there is room for (%s %%)', w.sockets, w.room, coalesce(round(100.0 * w.sockets / nullif(w.room, 0)), 0))
        end
    from whole as w
    cross join rules as r
    cross join needed as n
    cross join lateral (
        select case when w.processes = 0 or n.processes > w.processes or w.late = w.processes then 'add' else 'keep' end as action
    ) as a
$$;
comment on function wedsync_internal.node_balance() is 'The result of balance_advice, also shown on the dashboard.';
revoke all on function wedsync_internal.node_balance() from public;
