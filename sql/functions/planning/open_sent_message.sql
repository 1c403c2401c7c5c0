create or replace function wedsync_internal.open_sent_message(couple_id uuid, message_id uuid)
returns void
language plpgsql
stable
as $$
begin
    perform wedsync_internal.require_user();
    if not exists (
        select from wedsync.my_messages as m where m.couple_id = open_sent_message.couple_id and m.id = message_id and m.is_sent
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync_internal.open_sent_message(uuid, uuid) is 'Raises not_found unless the caller, or a supplier of the caller, has sent the message.';
revoke all on function wedsync_internal.open_sent_message(uuid, uuid) from public;
