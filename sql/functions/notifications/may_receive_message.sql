create or replace function wedsync_internal.may_receive_message(message wedsync_data.messages)
returns boolean
language plpgsql
stable
as $$
declare
    uuid_form constant text := '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
begin
    if message.event <> 'notification' or message.topic !~ '^(supplier|user)_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' or not message.payload ?& '{id,couple_id,paths}'::text[] then
        return true;
    end if;
    return exists (
        select from wedsync_data.notifications as n
        join wedsync_data.reach as r on r.couple_id = n.couple_id and r.user_id = n.user_id and r.valid_from <= now() and r.valid_until > now()
        where n.couple_id = substring(message.payload ->> 'couple_id' from uuid_form)::uuid
            and n.id = substring(message.payload ->> 'id' from uuid_form)::uuid and n.user_id::text = substring(message.topic from '^user_(.*)$')
            and r.readable & n.needs = n.needs
    ) or exists (
        select from wedsync_data.notifications as n
        where n.couple_id = substring(message.payload ->> 'couple_id' from uuid_form)::uuid
            and n.id = substring(message.payload ->> 'id' from uuid_form)::uuid and n.supplier_id::text = substring(message.topic from '^supplier_(.*)$')
            and (n.seq is not null or (
                select bit_or(g.readable) & n.needs = n.needs from wedsync_data.grants as g
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
'Whether a stored broadcast may be replayed: a notification only while its recipient may read all that it is about. wedsync.notifications shows the others in part.';
revoke all on function wedsync_internal.may_receive_message(wedsync_data.messages) from public;
