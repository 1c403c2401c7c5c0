create or replace function wedsync.retract_message(couple_id uuid, message_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    topics text[];
begin
    perform wedsync_internal.enforce_rate_limit('message-send');
    perform wedsync_internal.require_given('{couple_id,message_id}', array[couple_id is not null, message_id is not null]);
    perform wedsync_internal.open_sent_message(couple_id, message_id);
    topics := array(
        select case when c.is_supplier then 'supplier_' else 'user_' end || c.recipient_id
        from wedsync_data.wedding_message_recipients as c
        where c.couple_id = retract_message.couple_id and c.message_id = retract_message.message_id
    );
    delete from wedsync_data.wedding_messages as m where m.couple_id = retract_message.couple_id and m.id = retract_message.message_id;
    with gone as (
        delete from wedsync_data.notifications as n
        where n.couple_id = retract_message.couple_id and n.kind = 'message_received' and n.reference = 'message ' || retract_message.message_id
        returning n.id
    )
    delete from wedsync_data.deliveries as d
    using gone as g where d.couple_id = retract_message.couple_id and d.notification_id = g.id and d.state <> 'delivered';
    perform wedsync_internal.store_messages(
        topics, array_fill('message_retracted'::text, array[cardinality(topics)]),
        array_fill(pg_catalog.jsonb_build_object('couple_id', couple_id, 'id', message_id), array[cardinality(topics)]),
        array_fill(true, array[cardinality(topics)]), wedsync_internal.current_user_id()
    );
end
$$;
comment on function wedsync.retract_message(uuid, uuid) is
'Deletes a message that the caller or the caller''s supplier has sent, for all recipients, with its notifications and what is still to be delivered; what was delivered outside the application stays there
Recipients hear message_retracted, {couple_id, id}, on the channel user_<id> or supplier_<id>. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.retract_message(uuid, uuid) from public;
grant execute on function wedsync.retract_message(uuid, uuid) to authenticated;
