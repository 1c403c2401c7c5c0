create or replace function wedsync_internal.queue_deliveries(told wedsync_data.notifications[])
returns integer
language plpgsql
volatile
as $$
declare
    is_wedding_day constant boolean := coalesce(wedsync_internal.is_wedding_day_of(told[1].couple_id), false);
    at constant timestamptz := pg_catalog.clock_timestamp();
    -- refused below, so that partners see it among the failed deliveries
    helpers_left constant bigint := (
        select wedsync_internal.setting_limit('helper_messages_per_day') - wedsync_internal.helper_messages_of_day(told[1].couple_id)
        from unnest(told) as n where n.contact_id is not null limit 1
    );
    queued integer;
begin
    -- one statement for all recipients and channels
    with wanted as (
        select n.*, c.channel, k.expires_after, x.email, x.phone, h.email as contact_email, h.phone as contact_phone, x.quiet_from
        from unnest(told) as n
        join wedsync_data.notification_kinds as k on k.kind = n.kind
        join wedsync_data.weddings as w on w.id = n.couple_id
        left join wedsync_data.suppliers as s on s.id = n.supplier_id
        left join lateral (select r.* from wedsync_internal.recipients as r where r.id = coalesce(n.supplier_id, n.user_id) limit 1) as x on true
        left join wedsync_data.helper_contacts as h on h.couple_id = n.couple_id and h.id = n.contact_id
        left join wedsync_data.notification_preferences as p on p.couple_id = n.couple_id and p.owner_id = n.recipient_id
        join wedsync_data.notification_channels as c
            on c.is_enabled and (w.tier = any (c.tiers) or s.tier = any (c.tiers))
            and wedsync_internal.delivery_rank(n.priority, true) <= wedsync_internal.delivery_rank(c.least_priority, true)
        where coalesce(
            p.choices -> n.kind -> c.channel, p.choices -> '*' -> c.channel,
            to_jsonb(c.channel = any (k.channels) or c.joins_when_high and n.priority = 'high')
        ) = 'true'
    ),
    addressed as (
        select w.id, w.channel, w.supplier_id, w.user_id, w.contact_id, null::uuid as target_id
        from wanted as w
        where w.channel = 'log'
            or w.channel = 'email' and coalesce(w.email, w.contact_email) is not null or w.channel = 'sms' and coalesce(w.phone, w.contact_phone) is not null
        union all
        select w.id, w.channel, w.supplier_id, w.user_id, null::uuid, d.id
        from wanted as w
        join wedsync_data.push_devices as d
            on d.user_id = w.user_id or d.user_id in (select m.user_id from wedsync_data.supplier_members as m where m.supplier_id = w.supplier_id)
        where w.channel = 'push'
        union all
        select w.id, w.channel, w.supplier_id, null::uuid, null::uuid, e.id
        from wanted as w
        join wedsync_data.webhook_endpoints as e on e.supplier_id = w.supplier_id
        where w.channel = 'webhook' and e.disabled_at is null and (e.kinds is null or w.kind = any (e.kinds))
        union all
        -- the couple's endpoints are told once of what any partner is told of, unless it is for that partner alone
        select w.id, w.channel, null::uuid, null::uuid, null::uuid, e.id
        from (
            select x.* from wanted as x
            join wedsync_data.wedding_members as m on m.couple_id = x.couple_id and m.user_id = x.user_id and m.wedding_role = 'partner'
            join wedsync_data.notification_kinds as k on k.kind = x.kind and not k.is_personal
            where x.channel = 'webhook' order by x.user_id limit 1
        ) as w
        join wedsync_data.webhook_endpoints as e on e.couple_id = w.couple_id
        where e.disabled_at is null and (e.kinds is null or w.kind = any (e.kinds))
    )
    insert into wedsync_data.deliveries (
        couple_id, notification_id, channel, kind, supplier_id, user_id, contact_id, target_id, needs, priority, rank, due_at, expires_at, created_at,
        state, last_error, finished_at
    )
    select
        w.couple_id, w.id, a.channel, w.kind, a.supplier_id, a.user_id, a.contact_id, a.target_id, w.needs, w.priority,
        wedsync_internal.delivery_rank(w.priority, is_wedding_day), d.due_at, d.due_at + w.expires_after, at,
        case when h.is_refused then 'dead' else 'waiting' end, case when h.is_refused then 'too many messages to helpers in a day' end, case when h.is_refused then at end
    from (
        select a.*, row_number() over (partition by a.contact_id is not null order by a.id, a.channel) as place from addressed as a
    ) as a
    join wanted as w on w.id = a.id and w.channel = a.channel
    cross join lateral (
        select coalesce(case when w.quiet_from is not null and w.priority <> 'high' and a.channel in ('email', 'sms', 'push') then wedsync_internal.quiet_until(w.recipient_id, at) end, at) as due_at
    ) as d
    cross join lateral (select a.contact_id is not null and a.place > helpers_left as is_refused) as h;
    get diagnostics queued = row_count;
    return queued;
end
$$;
comment on function wedsync_internal.queue_deliveries(wedsync_data.notifications[]) is
'Queues new notifications of one wedding for the channels outside the application, and returns how many deliveries that makes: by the rules of the channels, the kind and the choices of the recipients, after their quiet hours. Each device and endpoint gets its own.';
revoke all on function wedsync_internal.queue_deliveries(wedsync_data.notifications[]) from public;
