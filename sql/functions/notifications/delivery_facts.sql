create or replace function wedsync_internal.delivery_facts(deliveries wedsync_data.deliveries[])
returns table (id uuid, is_allowed boolean, target jsonb, integration text, language text, has_quiet_hours boolean)
language sql
stable
as $$
    select
        d.id,
        -- by the rights of now
        case
            -- codes to people who have asked for them, until they are entered
            when d.kind = 'address_check' then c.owner_id is not null
            -- the operator's own
            when d.couple_id is null then true
            when d.contact_id is not null then true
            when d.supplier_id is not null then coalesce((
                select bit_or(g.readable) & d.needs = d.needs from wedsync_data.grants as g
                where g.couple_id = d.couple_id and g.grantee_id = d.supplier_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
            ), false)
            when d.user_id is not null then exists (
                select from wedsync_data.reach as r
                where r.couple_id = d.couple_id and r.user_id = d.user_id and r.valid_from <= now() and r.valid_until > now()
                    and r.readable & d.needs = d.needs
            )
            -- an endpoint of the couple
            else exists (select from wedsync_data.wedding_roles as r where r.wedding_role = 'partner' and r.readable & d.needs = d.needs)
        end,
        case d.channel
            when 'log' then '{}'::jsonb
            when 'push' then pg_catalog.jsonb_build_object('endpoint', p.endpoint, 'keys', pg_catalog.jsonb_build_object('p256dh', p.p256dh, 'auth', p.auth))
            when 'webhook' then pg_catalog.jsonb_build_object('url', e.url, 'secrets', to_jsonb(array_remove(array[
                'whsec_' || encode(e.secret, 'base64'), case when e.old_secret_until > now() then 'whsec_' || encode(e.old_secret, 'base64') end
            ], null)))
            else pg_catalog.jsonb_build_object('to', case d.channel
                when 'email' then case when d.kind = 'address_check' then x.entered_email else coalesce(x.email, k.email) end
                when 'sms' then case when d.kind = 'address_check' then x.entered_phone else coalesce(x.phone, k.phone) end
            end)
        end,
        case d.channel when 'webhook' then e.integration when 'log' then null else d.channel end,
        coalesce(x.language, k.language, 'en'),
        x.quiet_from is not null and d.priority <> 'high' and d.channel in ('email', 'sms', 'push')
    from unnest(deliveries) as d
    left join lateral (select r.* from wedsync_internal.recipients as r where r.id = coalesce(d.supplier_id, d.user_id) limit 1) as x on true
    left join wedsync_data.helper_contacts as k on k.couple_id = d.couple_id and k.id = d.contact_id
    left join wedsync_data.address_checks as c
        on d.kind = 'address_check' and c.owner_id = coalesce(d.supplier_id, d.user_id) and c.target = case d.channel when 'email' then 'email' else 'phone' end
    left join wedsync_data.push_devices as p on d.channel = 'push' and p.id = d.target_id and (p.user_id = d.user_id or p.user_id in (
        select m.user_id from wedsync_data.supplier_members as m where m.supplier_id = d.supplier_id
    ))
    left join wedsync_data.webhook_endpoints as e on d.channel = 'webhook' and e.id = d.target_id and e.disabled_at is null
$$;
comment on function wedsync_internal.delivery_facts(wedsync_data.deliveries[]) is
'What decides about deliveries now: whether the recipient may read what they are about, and where they go: {to} for email and sms, the subscription of a browser for push, {url, secrets} for webhook, with null values if there is no such place any more; the circuit breaker, the language, and whether there are quiet hours to look at.';
revoke all on function wedsync_internal.delivery_facts(wedsync_data.deliveries[]) from public;
