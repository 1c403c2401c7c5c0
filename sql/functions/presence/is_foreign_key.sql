create or replace function wedsync_internal.is_foreign_key(presence_topic text, key text, user_id uuid)
returns boolean
language plpgsql
stable
as $$
begin
    if exists (
        select from wedsync_data.presence_entries as e
        where e.topic = presence_topic and e.key = is_foreign_key.key and e.user_id is distinct from is_foreign_key.user_id
    ) then
        return true;
    end if;
    return key ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' and key::uuid is distinct from user_id
        and exists (select from wedsync_data.users as u where u.id = key::uuid);
end
$$;
comment on function wedsync_internal.is_foreign_key(text, text, uuid) is 'Whether a presence key belongs to another user: it is used by others on this topic, or is another user''s id.';
revoke all on function wedsync_internal.is_foreign_key(text, text, uuid) from public;
