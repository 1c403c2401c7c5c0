-- drop: function wedsync_internal.node_balance()
create or replace function wedsync_internal.node_balance()
returns table (
    server_instance uuid, host text, pid integer, sockets bigint, share numeric, even_share numeric, most_sockets bigint, used numeric,
    loop_lag_seconds real, action text, reason text, figures jsonb
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
            when 'gone' then 'lease_expired'
            when 'wait' then 'not_reported'
            when 'drain' then case when s.doorbell_hears then 'late' else 'no_notifications' end
            when 'spread' then 'crowded'
            else 'even'
        end,
        pg_catalog.jsonb_build_object(
            'processes', s.processes, 'sockets', s.all_sockets,
            'others_healthy', case when not s.doorbell_hears then s.processes - s.all_deaf when s.late then s.processes - s.all_late end
        )
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
            when w.processes = 0 then 'no_process'
            when n.processes > w.processes then 'full'
            when a.action = 'add' then 'all_late'
            else 'room'
        end,
        pg_catalog.jsonb_build_object('processes', w.processes, 'needed', n.processes, 'most_used_percent', round(100 * r.most_used))
    from whole as w
    cross join rules as r
    cross join needed as n
    cross join lateral (
        select case when w.processes = 0 or n.processes > w.processes or w.late = w.processes then 'add' else 'keep' end as action
    ) as a
$$;
comment on function wedsync_internal.node_balance() is 'What balance_advice answers, and the dashboard puts into sentences.';
revoke all on function wedsync_internal.node_balance() from public;
