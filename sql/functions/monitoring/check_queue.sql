create or replace function wedsync_internal.check_queue()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        'notify queue',
        case when q.used > 0.25 then 'warning' else 'ok' end,
        format('%s%% full', round(100 * q.used::numeric)),
        case when q.used > 0.25 then 'a session executes LISTEN but never reads: terminate it' end
    from pg_catalog.pg_notification_queue_usage() as q (used)
$$;
comment on function wedsync_internal.check_queue() is
'Usage of the notification queue; once it is full, no transaction with a NOTIFY can commit.';
revoke all on function wedsync_internal.check_queue() from public;
