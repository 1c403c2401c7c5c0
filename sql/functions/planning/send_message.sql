create or replace function wedsync.send_message(
    couple_id uuid, body text, audience jsonb default null, subject text default null, kind text default 'message', reply_to uuid default null,
    supplier_id uuid default null, priority text default 'normal'
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    sender constant uuid := case when not wedsync_internal.is_service() then wedsync_internal.current_user_id() end;
    opened record;
    is_host boolean;
    replied wedsync_data.wedding_messages;
    message wedsync_data.wedding_messages;
    recipients record;
begin
    perform wedsync_internal.enforce_rate_limit('message-send');
    perform wedsync_internal.check_json(audience, 'audience', wedsync_internal.setting_limit('patch_max_bytes'));
    perform wedsync_internal.require_given('{couple_id,body}', array[couple_id is not null, body is not null]);
    perform wedsync_internal.open_for_member_or_supplier(couple_id, supplier_id);
    perform wedsync_internal.check_message(subject, body, priority);
    if kind is null or kind not in ('message', 'feedback') then
        perform wedsync_internal.fail(
            'invalid_value', '{"parameter": "kind", "rule": "message or feedback"}', 'Call broadcast_to_wedding_party for announcements.'
        );
    end if;
    perform wedsync_internal.open_rows(couple_id);
    -- again: access may have ended while this waited for the lock
    opened := wedsync_internal.open_for_member_or_supplier(couple_id, supplier_id);
    if reply_to is not null then
        select m.* into replied from wedsync_data.wedding_messages as m
        where m.couple_id = send_message.couple_id and m.id = send_message.reply_to and (sender is null or exists (
            select from wedsync.my_messages as y where y.couple_id = m.couple_id and y.id = m.id
        ));
        if replied.id is null then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "reply_to", "rule": "a message that the caller has sent or received"}');
        end if;
    end if;
    if audience is null and reply_to is null or wedsync_internal.is_audience(audience) is not true or audience ? 'contacts' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "audience", "rule": "an object of users, suppliers and roles, each an array"}');
    end if;
    is_host := sender is null or opened.sender_supplier is null and opened.wedding_role in ('partner', 'planner');
    recipients := wedsync_internal.message_recipients(couple_id, audience, sender, opened.sender_supplier, is_host, replied);
    message.couple_id := couple_id;
    message.kind := kind;
    message.subject := subject;
    message.body := body;
    message.priority := priority;
    message.sender_user := sender;
    message.sender_supplier := opened.sender_supplier;
    message.reply_to := reply_to;
    return wedsync_internal.store_wedding_message(message, recipients.users, recipients.suppliers);
end
$$;
comment on function wedsync.send_message(uuid, text, jsonb, text, text, uuid, uuid, text) is
'Sends a message to people of a wedding, who are notified and see it in my_messages; nobody else does
audience is {"users": [ids], "suppliers": [ids], "roles": ["partner", "planner", "family", "friend"]}; a reply without one goes to whom the message is from. Partners and planners write to every member and every supplier with access; others to partners and planners, and to whom they answer. kind is message or feedback. supplier_id is needed by members of several suppliers, and by members of the wedding who write for their supplier. Recipients hear message_sent on the channel user_<id> or supplier_<id>.
Returns {message_id, recipients, sent_at}. Errors: not_signed_in (42501), not_found (PT404), cap_reached (PT409), too_large (PT413), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.send_message(uuid, text, jsonb, text, text, uuid, uuid, text) from public;
grant execute on function wedsync.send_message(uuid, text, jsonb, text, text, uuid, uuid, text) to authenticated, service_role, wedsync_admin;
