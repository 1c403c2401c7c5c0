create or replace function wedsync_internal.store_wedding_message(message wedsync_data.wedding_messages, users uuid[], suppliers uuid[])
returns jsonb
language plpgsql
volatile
as $$
declare
    most constant integer := wedsync_internal.setting_limit('messages_per_day');
    everybody constant integer := cardinality(users) + cardinality(suppliers);
    topics text[];
begin
    if everybody = 0 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "audience", "rule": "at least one recipient other than the sender"}');
    end if;
    if message.sender_user is not null and (
        select count(*) from wedsync_data.wedding_messages as m
        where m.couple_id = message.couple_id and m.sender_user = message.sender_user and m.sent_at > now() - interval '24 hours'
    ) >= most then
        perform wedsync_internal.fail('cap_reached', pg_catalog.jsonb_build_object('setting', 'messages_per_day', 'limit', most));
    end if;
    message.id := gen_random_uuid();
    message.sent_at := now();
    message.sender_name := case
        when message.sender_supplier is not null then (select s.business_name from wedsync_data.suppliers as s where s.id = message.sender_supplier)
        else wedsync_internal.display_name_of_caller()
    end;
    insert into wedsync_data.wedding_messages select message.*;
    insert into wedsync_data.wedding_message_recipients (couple_id, message_id, recipient_id, is_supplier)
    select message.couple_id, message.id, u.id, false from unnest(users) as u (id)
    union all
    select message.couple_id, message.id, s.id, true from unnest(suppliers) as s (id);
    -- before notify, which locks only some of the same topics: so concurrent messages do not deadlock
    topics := array(
        select 'user_' || u.id from unnest(users || message.sender_user) as u (id) where u.id is not null
        union
        select 'supplier_' || s.id from unnest(suppliers || message.sender_supplier) as s (id) where s.id is not null
    );
    perform wedsync_internal.store_messages(
        topics, array_fill('message_sent'::text, array[cardinality(topics)]), array_fill(to_jsonb(message), array[cardinality(topics)]),
        array_fill(true, array[cardinality(topics)]), message.sender_user
    );
    perform wedsync_internal.notify(
        message.couple_id, 'message_received',
        pg_catalog.jsonb_build_object(
            'message_id', message.id, 'message_kind', message.kind, 'sender', message.sender_name, 'subject', message.subject,
            'text', left(concat_ws(': ', message.subject, message.body), 500)
        ),
        pg_catalog.jsonb_build_object('users', users, 'suppliers', suppliers), 'message ' || message.id, message.priority
    );
    return pg_catalog.jsonb_build_object('message_id', message.id, 'recipients', everybody, 'sent_at', message.sent_at);
end
$$;
comment on function wedsync_internal.store_wedding_message(wedsync_data.wedding_messages, uuid[], uuid[]) is
'Stores a message, sends it to the channels of its sender and recipients as message_sent, and notifies the recipients. Returns {message_id, recipients, sent_at}.';
revoke all on function wedsync_internal.store_wedding_message(wedsync_data.wedding_messages, uuid[], uuid[]) from public;
