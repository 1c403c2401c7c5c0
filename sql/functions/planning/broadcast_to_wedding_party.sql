create or replace function wedsync.broadcast_to_wedding_party(
    couple_id uuid, body text, roles text[] default '{partner,planner,family,friend}', subject text default null, with_suppliers boolean default false,
    priority text default 'normal'
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
    message wedsync_data.wedding_messages;
begin
    perform wedsync_internal.enforce_rate_limit('message-send');
    perform wedsync_internal.require_given('{couple_id,body}', array[couple_id is not null, body is not null]);
    perform wedsync_internal.require_caller();
    perform wedsync_internal.open_rows(couple_id);
    select a.wedding_role into opened from wedsync_internal.caller_access as a where a.couple_id = broadcast_to_wedding_party.couple_id;
    if sender is not null and opened.wedding_role in ('partner', 'planner') is not true then
        perform wedsync_internal.fail('not_allowed', '{"rule": "for partners and planners"}');
    end if;
    perform wedsync_internal.check_message(subject, body, priority);
    if roles is null or not roles <@ '{partner,planner,family,friend}' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "roles", "rule": "of partner, planner, family and friend"}');
    end if;
    message.couple_id := couple_id;
    message.kind := 'announcement';
    message.subject := subject;
    message.body := body;
    message.priority := priority;
    message.sender_user := sender;
    return wedsync_internal.store_wedding_message(
        message,
        array(
            select m.user_id from wedsync_data.wedding_members as m
            where m.couple_id = broadcast_to_wedding_party.couple_id and m.wedding_role = any (roles) and m.user_id is distinct from sender
            order by m.user_id
        ),
        array(
            select distinct g.grantee_id from wedsync_data.grants as g
            where with_suppliers and g.couple_id = broadcast_to_wedding_party.couple_id and g.grantee_kind = 'supplier' and g.state = 'approved'
                and g.valid_from <= now() and g.valid_until > now()
            order by g.grantee_id
        )
    );
end
$$;
comment on function wedsync.broadcast_to_wedding_party(uuid, text, text[], text, boolean, text) is
'Sends an announcement to all members with these roles and, if wanted, to all suppliers with access
For partners and planners. Recipients are notified and see it in my_messages. Returns {message_id, recipients, sent_at}. Errors: not_signed_in and not_allowed (42501), not_found (PT404), cap_reached (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.broadcast_to_wedding_party(uuid, text, text[], text, boolean, text) from public;
grant execute on function wedsync.broadcast_to_wedding_party(uuid, text, text[], text, boolean, text) to authenticated, service_role, wedsync_admin;
