create or replace function wedsync_internal.check_workers()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with nodes as (
        select
            count(*) as known, count(*) filter (where n.alive) as alive,
            coalesce(sum(n.sockets) filter (where n.alive), 0) as sockets, coalesce(sum(n.channels) filter (where n.alive), 0) as channels
        from wedsync_internal.node_status() as n
    )
    select
        'workers',
        case when n.alive = 0 and n.known > 0 then 'warning' else 'ok' end,
        case
            when n.known = 0 then 'none running'
            when n.alive = 0 then format('%s died and none is running: changes are not delivered', n.known)
            else format(
                '%s process%s, %s socket%s, %s channel%s', n.alive, case when n.alive <> 1 then 'es' end,
                n.sockets, case when n.sockets <> 1 then 's' end, n.channels, case when n.channels <> 1 then 's' end
            ) || case when n.known > n.alive then format(', %s died recently', n.known - n.alive) else '' end
        end,
        case when n.known = 0 then 'run `wedsync worker` for live updates' when n.alive = 0 then 'run `wedsync worker`' end
    from nodes as n
$$;
comment on function wedsync_internal.check_workers() is
'Whether worker processes are running, and how many died recently.';
revoke all on function wedsync_internal.check_workers() from public;
