create or replace function wedsync_internal.check_deliveries()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        'deliveries',
        case when q.late <> '' or q.dead > 0 then 'warning' else 'ok' end,
        concat_ws(', ', format('%s waiting', q.waiting), case when q.dead > 0 then format('%s given up in the last day', q.dead) end, nullif(q.late, '')),
        case
            when q.late <> '' then 'see that a worker serves these channels (WEDSYNC_SMTP_HOST, WEDSYNC_SMS_URL, WEDSYNC_VAPID_PRIVATE_KEY), and wedsync.integration_health()'
            when q.dead > 0 then 'see wedsync.failed_deliveries'
        end
    from (
        select
            coalesce(sum(c.waiting), 0) as waiting, coalesce(sum(c.dead), 0) as dead,
            coalesce(string_agg(format('%s late by %s min', c.channel, floor(extract(epoch from c.late_by) / 60)), ', ' order by c.channel)
                filter (where c.late_by > interval '10 minutes'), '') as late
        from (
            select n.channel,
                (select count(*) from wedsync_data.deliveries as d where d.channel = n.channel and d.state = 'waiting') as waiting,
                (select now() - min(d.due_at) from wedsync_data.deliveries as d where d.channel = n.channel and d.state = 'waiting') as late_by,
                (
                    select count(*) from wedsync_data.deliveries as d
                    where d.channel = n.channel and d.state in ('dead', 'expired') and d.finished_at > now() - interval '1 day'
                ) as dead
            from wedsync_data.notification_channels as n
        ) as c
    ) as q
$$;
comment on function wedsync_internal.check_deliveries() is 'Notifications that wait to be sent outside the application, by channel those that are late, and those given up.';
revoke all on function wedsync_internal.check_deliveries() from public;
