create or replace function wedsync_internal.may_receive_message(message wedsync_data.messages)
returns boolean
language plpgsql
stable
as $$
declare
    uuid_form constant text := '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
begin
    if message.event <> 'notification' or message.topic !~ '^supplier_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' or not message.payload ?& '{id,couple_id,paths}'::text[] then
        return true;
    end if;
    return exists (
        select from wedsync_data.notifications as n
        where n.couple_id = substring(message.payload ->> 'couple_id' from uuid_form)::uuid
            and n.id = substring(message.payload ->> 'id' from uuid_form)::uuid and n.supplier_id = substring(message.topic from 10)::uuid
            and (n.seq is not null or exists (
                select from wedsync_data.grants as g
                where g.couple_id = n.couple_id and g.grantee_id = n.supplier_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
            ))
            and not exists (
                select from unnest(n.right_nos) as l (right_no)
                where not exists (
                    select from wedsync_data.grants as g
                    where g.couple_id = n.couple_id and g.grantee_id = n.supplier_id and g.state = 'approved'
                        and g.valid_from <= now() and g.valid_until > now() and get_bit(g.readable, l.right_no) = 1
                )
            )
    );
end
$$;
comment on function wedsync_internal.may_receive_message(wedsync_data.messages) is
'Whether a stored broadcast may be replayed: a notification only while its supplier may read all of its fields. wedsync.notifications shows the others in part.';
revoke all on function wedsync_internal.may_receive_message(wedsync_data.messages) from public;
