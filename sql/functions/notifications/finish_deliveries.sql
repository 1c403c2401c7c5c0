create or replace function wedsync_internal.finish_deliveries(node uuid, ids uuid[], milliseconds double precision[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    finished integer;
    recorded integer;
begin
    with done as (
        update wedsync_data.deliveries as d
        set state = 'delivered', leased_by = null, lease_until = null, last_error = null, data = null, finished_at = pg_catalog.clock_timestamp()
        from unnest(ids, milliseconds) as s (id, took)
        where d.id = s.id and d.state = 'sending' and d.leased_by = finish_deliveries.node
        returning d.channel, d.target_id, s.took
    )
    select
        count(*), count(wedsync.breaker_record(wedsync_internal.delivery_integration(d.channel, d.target_id), true, greatest(d.took, 0))) filter (where d.channel <> 'log')
    into finished, recorded
    from done as d;
    return finished;
end
$$;
comment on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) is
'Records that a worker has sent deliveries, and how long each took. Those whose lease has gone to another worker are ignored. Returns how many were recorded.';
revoke all on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) from public;
grant execute on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) to wedsync_worker;
