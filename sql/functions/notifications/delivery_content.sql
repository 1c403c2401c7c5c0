create or replace function wedsync_internal.delivery_content(
    id uuid, channel text, kind text, couple_id uuid, notification_id uuid, supplier_id uuid, user_id uuid, contact_id uuid, data jsonb,
    out subject text, out body text, out payload text
)
language plpgsql
stable
as $$
declare
    told wedsync_data.notifications;
    language text;
begin
    if notification_id is not null then
        select n.* into told from wedsync_data.notifications as n where n.couple_id = delivery_content.couple_id and n.id = notification_id;
        subject := told.title;
        body := told.message;
    end if;
    if subject is null or exists (select from wedsync_data.notification_templates as t where t.kind = delivery_content.kind and t.channel = delivery_content.channel) then
        language := coalesce(
            (select a.language from wedsync_data.notification_addresses as a where a.owner_id = coalesce(delivery_content.supplier_id, delivery_content.user_id)),
            case when delivery_content.contact_id is not null then (
                select k.language from wedsync_internal.notification_contact(delivery_content.couple_id, delivery_content.contact_id) as k
            ) end,
            'en'
        );
        select t.subject, t.body into subject, body
        from wedsync_internal.notification_text(kind, channel, language, coalesce(told.changes, data, '{}')) as t;
    end if;
    if channel in ('push', 'webhook') then
        payload := pg_catalog.jsonb_build_object('type', kind, 'timestamp', coalesce(told.created_at, now()), 'data', pg_catalog.jsonb_build_object(
            'id', coalesce(told.id, delivery_content.id), 'couple_id', couple_id, 'title', subject, 'message', body,
            'priority', told.priority, 'reference', told.reference
        ) || case when channel = 'webhook' then pg_catalog.jsonb_build_object('values', coalesce(told.changes, data, '{}')) else '{}' end);
    end if;
end
$$;
comment on function wedsync_internal.delivery_content(uuid, text, text, uuid, uuid, uuid, uuid, uuid, jsonb) is
'Texts of a delivery, those of the notification unless the channel has a template of its own, and the JSON of push and webhook. A push carries no values but those in its texts.';
revoke all on function wedsync_internal.delivery_content(uuid, text, text, uuid, uuid, uuid, uuid, uuid, jsonb) from public;
