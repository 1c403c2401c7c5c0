create or replace function wedsync.choose_notifications(couple_id uuid, choices jsonb, supplier_id uuid default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    owner uuid;
    unknown text;
    now_set jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.check_json(choices, 'choices', 16384);
    perform wedsync_internal.require_given('{couple_id,choices}', array[couple_id is not null, choices is not null]);
    owner := wedsync_internal.notification_owner(supplier_id);
    if not (case
        when supplier_id is null then exists (
            select from wedsync_data.reach as r where r.couple_id = choose_notifications.couple_id and r.user_id = owner and r.valid_until > now()
        )
        else exists (
            select from wedsync_data.connections as c where c.couple_id = choose_notifications.couple_id and c.supplier_id = owner
                and wedsync_internal.are_acquainted(c.couple_id, c.supplier_id)
        )
    end) then
        perform wedsync_internal.fail('not_found');
    end if;
    if pg_catalog.jsonb_typeof(choices) <> 'object' or exists (
        select from pg_catalog.jsonb_each(choices) as k where pg_catalog.jsonb_typeof(k.value) not in ('object', 'null')
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "choices", "rule": "object of kinds, each an object of channels, each true or false; null forgets a kind"}');
    end if;
    select c.name into unknown
    from (
        select k.key as name from pg_catalog.jsonb_object_keys(choices) as k (key)
        where k.key <> '*' and k.key not in (select n.kind from wedsync_data.notification_kinds as n)
        union all
        select k.key || '.' || c.key
        from pg_catalog.jsonb_each(choices) as k cross join lateral pg_catalog.jsonb_each(case pg_catalog.jsonb_typeof(k.value) when 'object' then k.value else '{}' end) as c
        where c.key not in (select n.channel from wedsync_data.notification_channels as n where n.channel <> 'log') or pg_catalog.jsonb_typeof(c.value) <> 'boolean'
    ) as c
    limit 1;
    if unknown is not null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'choices', 'rule', 'kinds of notification_kinds or *, channels email, sms, push and webhook, each true or false', 'path', left(unknown, 100)
        ));
    end if;
    insert into wedsync_data.notification_preferences as p (couple_id, owner_id, choices)
    values (choose_notifications.couple_id, owner, pg_catalog.jsonb_strip_nulls(choose_notifications.choices))
    on conflict on constraint notification_preferences_pkey do update
    set choices = pg_catalog.jsonb_strip_nulls(p.choices || choose_notifications.choices), updated_at = now()
    returning p.choices into now_set;
    return now_set;
end
$$;
comment on function wedsync.choose_notifications(uuid, jsonb, uuid) is
'Chooses the channels by which the caller, or a supplier of the caller, is notified about a wedding: {kind: {channel: true or false}}
Kind * is for all that are not named; channels are email, sms, push and webhook. Omitted kinds are kept, null forgets a kind. Notifications inside the application are always stored. Returns the choices. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.choose_notifications(uuid, jsonb, uuid) from public;
grant execute on function wedsync.choose_notifications(uuid, jsonb, uuid) to authenticated;
