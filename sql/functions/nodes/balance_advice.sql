-- drop: function wedsync.balance_advice()
create or replace function wedsync.balance_advice()
returns table (
    server_instance uuid, host text, pid integer, sockets bigint, share numeric, even_share numeric, most_sockets bigint, used numeric,
    loop_lag_seconds real, action text, reason text, figures jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    return query select b.* from wedsync_internal.node_balance() as b;
end
$$;
comment on function wedsync.balance_advice() is
'Distribution of sockets over the worker processes, and advice: one row for each process (keep, spread, drain, wait, gone), and a last one without server_instance for the total (keep, add)
share is its share of all sockets, even_share the share proportional to its capacity, used the used part of its capacity. reason is one of lease_expired, not_reported, no_notifications, late, crowded, even, and for all of them no_process, full, all_late, room; figures are those that it rests on: processes, sockets and others_healthy, or processes, needed and most_used_percent. Thresholds are the settings balance_most_used_percent, balance_uneven_percent and balance_most_lag_ms. For server roles. Errors: not_allowed (42501).';
revoke all on function wedsync.balance_advice() from public;
grant execute on function wedsync.balance_advice() to service_role, wedsync_admin;
