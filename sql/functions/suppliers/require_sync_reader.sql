create or replace function wedsync_internal.require_sync_reader(couple_id uuid, supplier_id uuid)
returns void
language plpgsql
stable
as $$
begin
    if coalesce(wedsync_internal.granted_readable(couple_id, supplier_id), repeat('0', 128)::bit(128)) = repeat('0', 128)::bit(128) or not (
        wedsync_internal.is_service() or supplier_id = any (wedsync_internal.caller_supplier_ids())
        -- who manages sharing at the wedding
        or exists (
            select from wedsync_data.wedding_members as m
            join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
            where m.couple_id = require_sync_reader.couple_id and m.user_id = wedsync_internal.current_user_id()
                and wedsync_internal.sees_sharing(r.readable)
        )
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync_internal.require_sync_reader(uuid, uuid) is
'Raises not_found unless the supplier has access to the wedding, and the caller belongs to it, manages sharing at the wedding, or is a server.';
revoke all on function wedsync_internal.require_sync_reader(uuid, uuid) from public;
