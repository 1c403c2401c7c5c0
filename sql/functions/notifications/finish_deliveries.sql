create or replace function wedsync_internal.finish_deliveries(node uuid, ids uuid[], milliseconds double precision[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    finished integer := 0;
    sent record;
begin
    for sent in
        update wedsync_data.deliveries as d
        set state = 'delivered', leased_by = null, lease_until = null, last_error = null, data = null, finished_at = pg_catalog.clock_timestamp()
        from unnest(ids, milliseconds) as s (id, took)
        where d.id = s.id and d.state = 'sending' and d.leased_by = finish_deliveries.node
        returning d.channel, wedsync_internal.delivery_integration(d.channel, d.target_id) as integration, s.took
    loop
        finished := finished + 1;
        if sent.channel <> 'log' then
            perform wedsync.breaker_record(sent.integration, true, greatest(coalesce(sent.took, 0), 0));
        end if;
    end loop;
    return finished;
end
$$;
comment on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) is
'Records that a worker has sent deliveries, and how long each took. Those whose lease has gone to another worker are ignored. Returns how many were recorded.';
revoke all on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) from public;
grant execute on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) to wedsync_worker;
