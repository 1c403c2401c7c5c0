create or replace function wedsync_internal.helper_messages_of_day(couple_id uuid)
returns bigint
language sql
stable
return (
    select count(*) from wedsync_data.deliveries as d
    where d.couple_id = $1 and d.contact_id is not null and d.due_at > now() - interval '1 day' and d.state not in ('dead', 'cancelled')
);
comment on function wedsync_internal.helper_messages_of_day(uuid) is
'How many messages a wedding has sent to helpers in the last 24 hours, or is about to send: their addresses are not verified, and the setting helper_messages_per_day limits what strangers can be sent.';
revoke all on function wedsync_internal.helper_messages_of_day(uuid) from public;
