create or replace function wedsync_internal.finish_deliveries(node uuid, ids uuid[], milliseconds double precision[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    integrations text[];
    took double precision[];
    finished integer;
begin
    with done as (
        update wedsync_data.deliveries as d
        set state = 'delivered', leased_by = null, lease_until = null, last_error = null, data = null, finished_at = pg_catalog.clock_timestamp()
        from unnest(ids, milliseconds) as s (id, took)
        where d.id = s.id and d.state = 'sending' and d.leased_by = finish_deliveries.node
        returning d.channel, d.target_id, greatest(coalesce(s.took, 0), 0) as took
    )
    select count(*), array_agg(case d.channel when 'webhook' then e.integration when 'log' then null else d.channel end), array_agg(d.took)
    into finished, integrations, took
    from done as d left join wedsync_data.webhook_endpoints as e on e.id = d.target_id;
    perform wedsync_internal.record_successes(integrations, took);
    return finished;
end
$$;
comment on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) is
'Records that a worker has sent deliveries, and how long each took. Those whose lease has gone to another worker are ignored. Returns how many were recorded.';
revoke all on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) from public;
grant execute on function wedsync_internal.finish_deliveries(uuid, uuid[], double precision[]) to wedsync_worker;
