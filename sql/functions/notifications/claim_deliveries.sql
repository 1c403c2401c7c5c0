create or replace function wedsync_internal.claim_deliveries(node uuid, channels text[], max_rows integer)
returns table (
    id uuid, channel text, kind text, attempt integer, target jsonb, subject text, body text, payload text
)
language plpgsql
volatile
security definer
rows 50
set search_path = pg_catalog, pg_temp
as $$
declare
    at constant timestamptz := pg_catalog.clock_timestamp();
    lease_end constant timestamptz := at + make_interval(secs => wedsync_internal.setting_limit('delivery_lease_seconds'));
    taken wedsync_data.deliveries[] := '{}';
    more wedsync_data.deliveries[];
    next_channel text;
begin
    -- what a worker that has died was sending
    update wedsync_data.deliveries as d
    set state = 'waiting', leased_by = null, lease_until = null, due_at = at
    where d.id in (
        select l.id from wedsync_data.deliveries as l
        where l.state = 'sending' and l.lease_until < at order by l.lease_until limit 100 for update skip locked
    );
    -- each step reads the front of one index range
    for next_rank in 0..5 loop
        foreach next_channel in array channels loop
            exit when cardinality(taken) >= max_rows;
            with found as (
                select d.id from wedsync_data.deliveries as d
                where d.state = 'waiting' and d.channel = next_channel and d.rank = next_rank and d.due_at <= at
                order by d.due_at limit max_rows - cardinality(taken) for update skip locked
            ),
            leased as (
                update wedsync_data.deliveries as d
                set state = 'sending', leased_by = claim_deliveries.node, lease_until = lease_end, attempts = d.attempts + 1
                from found as f where d.id = f.id
                returning d.*
            )
            select array_agg(l::wedsync_data.deliveries) into more from leased as l;
            taken := taken || coalesce(more, '{}');
        end loop;
    end loop;
    if taken = '{}' then
        return;
    end if;
    return query
    with judged as materialized (
        select d.*, j.verdict, j.why, j.wait_until, t.target
        from unnest(taken) as d
        cross join lateral (select wedsync_internal.delivery_target(d) as target) as t
        cross join lateral wedsync_internal.judge_delivery(d, t.target, at) as j
    ),
    put_aside as (
        update wedsync_data.deliveries as d
        set state = j.verdict, leased_by = null, lease_until = null, attempts = d.attempts - 1, last_error = j.why, due_at = coalesce(j.wait_until, d.due_at),
            finished_at = case when j.verdict <> 'waiting' then at end, data = case when j.verdict = 'waiting' then d.data end
        from judged as j where d.id = j.id and j.verdict is not null
    )
    select j.id, j.channel, j.kind, j.attempts::integer, j.target, x.subject, x.body, x.payload
    from judged as j
    cross join lateral wedsync_internal.delivery_content(j.id, j.channel, j.kind, j.couple_id, j.notification_id, j.supplier_id, j.user_id, j.contact_id, j.data) as x
    where j.verdict is null
    order by j.rank, j.due_at;
end
$$;
comment on function wedsync_internal.claim_deliveries(uuid, text[], integer) is
'Leases deliveries of these channels that are due to a worker, those of wedding days first, then by priority and time, at most max_rows. The rights of the recipients are looked at again, and their quiet hours and circuit breakers. Each row must be given back with finish_deliveries, fail_delivery or release_deliveries; a lease that ends is claimed again. target is where it goes, subject and body are texts, payload the JSON of push and webhook.';
revoke all on function wedsync_internal.claim_deliveries(uuid, text[], integer) from public;
grant execute on function wedsync_internal.claim_deliveries(uuid, text[], integer) to wedsync_worker;
