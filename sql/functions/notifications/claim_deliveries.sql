create or replace function wedsync_internal.claim_deliveries(node uuid, channels text[], max_rows integer)
returns table (
    id uuid, channel text, kind text, attempt integer, target jsonb, subject text, body text, payload text
)
language plpgsql
volatile
security definer
rows 50
set search_path = pg_catalog, pg_temp
-- planning for each page would take longer than the page
set plan_cache_mode = force_generic_plan
as $$
declare
    at constant timestamptz := pg_catalog.clock_timestamp();
    lease_end constant timestamptz := at + make_interval(secs => wedsync_internal.setting_limit('delivery_lease_seconds'));
    taken wedsync_data.deliveries[] := '{}';
    more wedsync_data.deliveries[];
    next_channel text;
begin
    -- what a worker that has died was sending
    if exists (select from wedsync_data.deliveries as l where l.state = 'sending' and l.lease_until < at) then
        update wedsync_data.deliveries as d
        set state = 'waiting', leased_by = null, lease_until = null, due_at = at
        where d.id in (
            select l.id from wedsync_data.deliveries as l
            where l.state = 'sending' and l.lease_until < at order by l.lease_until limit 100 for update skip locked
        );
    end if;
    -- each step reads the front of one index range
    for next_rank in 0..5 loop
        foreach next_channel in array channels loop
            exit when cardinality(taken) >= max_rows;
            with leased as (
                update wedsync_data.deliveries as d
                set state = 'sending', leased_by = claim_deliveries.node, lease_until = lease_end, attempts = d.attempts + 1
                where d.id = any (array(
                    select w.id from wedsync_data.deliveries as w
                    where w.state = 'waiting' and w.channel = next_channel and w.rank = next_rank and w.due_at <= at
                    order by w.due_at limit max_rows - cardinality(taken) for update skip locked
                ))
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
        select s.*, case
            when s.expires_at <= at then 'expired'
            when not s.is_allowed or s.target -> 'to' = 'null' or s.target -> 'endpoint' = 'null' or s.target -> 'url' = 'null' then 'cancelled'
            when s.has_quiet_hours and wedsync_internal.quiet_until(coalesce(s.supplier_id, s.user_id), at) is not null then 'quiet'
            when s.breaker = 'closed' or s.channel = 'log' then 'send'
            when wedsync.breaker_allow(s.integration) then 'send'
            else 'blocked'
        end as verdict
        from (
            -- the first in order gets the probe of a breaker
            select d.*, f.target, f.language, f.is_allowed, f.has_quiet_hours, f.integration, b.state as breaker, b.retry_at
            from unnest(taken) as d
            join wedsync_internal.delivery_facts(taken) as f on f.id = d.id
            left join wedsync_data.breakers as b on b.integration = f.integration
            order by d.rank, d.due_at
        ) as s
    ),
    put_aside as (
        update wedsync_data.deliveries as d
        set state = case when j.verdict in ('quiet', 'blocked') then 'waiting' else j.verdict end, leased_by = null, lease_until = null, attempts = d.attempts - 1,
            last_error = case j.verdict
                when 'expired' then coalesce(d.last_error, 'not sent in time')
                when 'cancelled' then case when j.is_allowed then 'there is no address' else 'the recipient may no longer read it' end
                when 'quiet' then 'quiet hours'
                else 'the circuit breaker is open'
            end,
            due_at = case j.verdict
                when 'quiet' then wedsync_internal.quiet_until(coalesce(d.supplier_id, d.user_id), at)
                when 'blocked' then greatest(at, j.retry_at) + interval '2 seconds' * random()
                else d.due_at
            end,
            finished_at = case when j.verdict in ('expired', 'cancelled') then at end,
            data = case when j.verdict in ('expired', 'cancelled') then null else d.data end
        from judged as j where d.id = j.id and j.verdict <> 'send'
    )
    select
        j.id, j.channel, j.kind, j.attempts::integer, j.target, x.subject, concat_ws(E'\n\n', x.body, l.link),
        case when j.channel in ('push', 'webhook') then wedsync_internal.delivery_payload(j.id, j.channel, j.kind, j.couple_id, n, x.subject, x.body, j.data) end
    from judged as j
    left join wedsync_data.notifications as n on n.couple_id = j.couple_id and n.id = j.notification_id
    -- a channel may have texts of its own
    left join lateral (
        select t.subject, t.body from wedsync_internal.notification_text(j.kind, j.channel, j.language, coalesce(n.changes, j.data, (
            select pg_catalog.jsonb_build_object('code', wedsync_internal.address_code(c)) from wedsync_data.address_checks as c
            where j.kind = 'address_check' and c.owner_id = coalesce(j.supplier_id, j.user_id) and c.target = case j.channel when 'email' then 'email' else 'phone' end
        ), '{}')) as t
        where n.id is null or exists (select from wedsync_data.notification_templates as t where t.kind = j.kind and t.channel = j.channel)
        limit 1
    ) as own on true
    cross join lateral (select coalesce(own.subject, n.title) as subject, coalesce(own.body, n.message) as body) as x
    -- evaluated once: each creates a link
    cross join lateral (
        select case when j.contact_id is not null and j.verdict = 'send' then wedsync_internal.mailed_task_link(j.couple_id, j.contact_id, n.changes ->> 'task_id') end as link
        offset 0
    ) as l
    where j.verdict = 'send'
    order by j.rank, j.due_at;
end
$$;
comment on function wedsync_internal.claim_deliveries(uuid, text[], integer) is
'Leases deliveries of these channels that are due to a worker, those of wedding days first, then by priority and time, at most max_rows. The rights of the recipients are looked at again, and their quiet hours and circuit breakers. Each row must be given back with finish_deliveries, fail_delivery or release_deliveries; a lease that ends is claimed again. target is where it goes, subject and body are texts, for helpers with a link to their task if the setting task_link_url is set, payload the JSON of push and webhook.';
revoke all on function wedsync_internal.claim_deliveries(uuid, text[], integer) from public;
grant execute on function wedsync_internal.claim_deliveries(uuid, text[], integer) to wedsync_worker;
