create or replace function wedsync_internal.notify(
    couple_id uuid, kind text, data jsonb, audience jsonb default null, reference text default null, priority text default null
)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rule wedsync_data.notification_kinds;
    missing text[];
    told wedsync_data.notifications[];
begin
    select k.* into rule from wedsync_data.notification_kinds as k where k.kind = notify.kind;
    if rule.kind is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "kind", "rule": "a kind of notification_kinds"}');
    end if;
    missing := array(select p.name from unnest(rule.placeholders) as p (name) where not coalesce(data, '{}') ? p.name);
    if missing <> '{}' then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'data', 'rule', 'needs the keys ' || array_to_string(missing, ', '), 'missing', to_jsonb(missing)
        ));
    end if;
    if coalesce(priority, rule.priority) <> all ('{low,normal,high}'::text[]) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "priority", "rule": "low, normal or high"}');
    end if;
    if couple_id is null then
        return wedsync_internal.queue_for_operator(rule.kind, data, coalesce(priority, rule.priority));
    end if;
    with recipients as (
        select r.*, coalesce(r.supplier_id, r.user_id, r.contact_id) as id
        from wedsync_internal.needed_rights(rule.rights) as n (needs)
        cross join lateral wedsync_internal.notification_recipients(
            notify.couple_id, coalesce(notify.audience, rule.audience), n.needs, rule.reaches_contacts, coalesce(notify.priority, rule.priority) = 'high'
        ) as r
    ),
    stored as (
        insert into wedsync_data.notifications as n (
            couple_id, supplier_id, user_id, contact_id, kind, title, message, right_nos, paths, changes, needs, priority, reference, changed_by_type
        )
        select
            notify.couple_id, r.supplier_id, r.user_id, r.contact_id, rule.kind, t.subject, t.body, '{}', '{}', coalesce(data, '{}'),
            wedsync_internal.needed_rights(rule.rights), coalesce(notify.priority, rule.priority), notify.reference, a.actor_type
        from recipients as r
        left join wedsync_data.notification_addresses as l on l.owner_id = r.id
        left join lateral wedsync_internal.notification_contact(notify.couple_id, r.contact_id) as h on r.contact_id is not null
        cross join lateral wedsync_internal.notification_text(rule.kind, 'in_app', coalesce(l.language, h.language, 'en'), coalesce(data, '{}')) as t
        cross join wedsync_internal.current_actor(notify.couple_id) as a
        order by r.id
        on conflict on constraint notifications_once_by_reference do nothing
        returning n.*
    )
    select array_agg(s order by s.recipient_id) into told from stored as s;
    if told is null then
        return 0;
    end if;
    -- broadcast when the transaction commits, see push_notifications
    insert into wedsync_data.unpushed_notifications (couple_id, id) select t.couple_id, t.id from unnest(told) as t where t.contact_id is null;
    perform wedsync_internal.queue_deliveries(told);
    return cardinality(told);
end
$$;
comment on function wedsync_internal.notify(uuid, text, jsonb, jsonb, text, text) is
'States what happened at a wedding; preferences and rules decide who is told, and how
kind is a row of notification_kinds; data has at least the keys in its placeholders. audience is {"users": [...], "suppliers": [...], "roles": [...], "contacts": [...]}, that of the kind if null. The same kind and reference is told to each recipient once. Without a wedding, it is for the operator. Returns how many were notified. Errors: invalid_value (22023).';
revoke all on function wedsync_internal.notify(uuid, text, jsonb, jsonb, text, text) from public;
