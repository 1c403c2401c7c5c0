create or replace view wedsync.my_messages
with (security_barrier = true, security_invoker = false) as
select
    m.couple_id, m.id, m.kind, m.subject, m.body, m.priority, m.sender_user, m.sender_supplier, m.sender_name, m.reply_to, m.sent_at, true as is_sent,
    m.sender_supplier as supplier_id, null::timestamptz as read_at
from wedsync_data.reach as r
join wedsync_data.wedding_messages as m on m.couple_id = r.couple_id
where r.user_id = (select wedsync_internal.current_user_id()) and r.valid_from <= now() and r.valid_until > now()
    and (m.sender_user = r.user_id and m.sender_supplier is null and r.wedding_role is not null or m.sender_supplier = any (r.supplier_ids))
union all
select
    m.couple_id, m.id, m.kind, m.subject, m.body, m.priority, m.sender_user, m.sender_supplier, m.sender_name, m.reply_to, m.sent_at, false,
    case when c.is_supplier then c.recipient_id end, c.read_at
from wedsync_data.reach as r
join wedsync_data.wedding_message_recipients as c on c.couple_id = r.couple_id
join wedsync_data.wedding_messages as m on m.couple_id = c.couple_id and m.id = c.message_id
where r.user_id = (select wedsync_internal.current_user_id()) and r.valid_from <= now() and r.valid_until > now()
    and (c.recipient_id = r.user_id and not c.is_supplier and r.wedding_role is not null or c.is_supplier and c.recipient_id = any (r.supplier_ids));
comment on view wedsync.my_messages is 'Messages that the caller or the caller''s suppliers have sent or received, as long as the caller has access to the wedding
Nobody else sees them, not even partners. send_message sends one, mark_messages_read marks received ones.';
comment on column wedsync.my_messages.couple_id is 'The wedding.';
comment on column wedsync.my_messages.id is 'The message.';
comment on column wedsync.my_messages.kind is 'message, feedback or announcement.';
comment on column wedsync.my_messages.subject is 'Subject.';
comment on column wedsync.my_messages.body is 'Text.';
comment on column wedsync.my_messages.priority is 'low, normal or high.';
comment on column wedsync.my_messages.sender_user is 'User who sent it; null for a server.';
comment on column wedsync.my_messages.sender_supplier is 'Supplier for which it was sent.';
comment on column wedsync.my_messages.sender_name is 'Name of the supplier or user at that time.';
comment on column wedsync.my_messages.reply_to is 'Message that it answers.';
comment on column wedsync.my_messages.sent_at is 'When it was sent.';
comment on column wedsync.my_messages.is_sent is 'True for sent messages, false for received ones.';
comment on column wedsync.my_messages.supplier_id is 'The caller''s supplier that sent or received it.';
comment on column wedsync.my_messages.read_at is 'When it was marked as read, by whoever of the supplier was first; null for sent messages.';
revoke all on wedsync.my_messages from public;
grant select on wedsync.my_messages to authenticated;
