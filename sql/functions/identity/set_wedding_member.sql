create or replace function wedsync_internal.set_wedding_member(couple_id uuid, user_id uuid, wedding_role text)
returns void
language plpgsql
volatile
as $$
declare
    present text;
begin
    select m.wedding_role into present
    from wedsync_data.wedding_members as m
    where m.couple_id = set_wedding_member.couple_id and m.user_id = set_wedding_member.user_id;
    if present = wedding_role then
        return;
    end if;
    if wedding_role = 'partner' and (
        select count(*) from wedsync_data.wedding_members as m
        where m.couple_id = set_wedding_member.couple_id and m.wedding_role = 'partner'
    ) >= 2 then
        perform wedsync_internal.fail('state_conflict', '{"rule": "at most two partners"}', 'Remove a partner first, or choose another role.');
    end if;
    if present = 'partner' then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the role of a partner cannot be changed"}', 'Remove the partner, then add the person in the other role.');
    end if;
    insert into wedsync_data.wedding_members as m (couple_id, user_id, wedding_role, added_by)
    values (set_wedding_member.couple_id, set_wedding_member.user_id, set_wedding_member.wedding_role, wedsync_internal.current_user_id())
    on conflict on constraint wedding_members_pkey do update set wedding_role = excluded.wedding_role, added_by = excluded.added_by, added_at = now();
    perform wedsync_internal.record_access_change(
        couple_id, 'wedding_members', case when present is null then 'create' else 'update' end, 'members/' || user_id,
        to_jsonb(present), to_jsonb(wedding_role)
    );
end
$$;
comment on function wedsync_internal.set_wedding_member(uuid, uuid, text) is
'Shared by add_wedding_member and accept_invitation: gives a user a role at a wedding. Call it with the wedding''s lock held, so that the number of partners stays correct.';
revoke all on function wedsync_internal.set_wedding_member(uuid, uuid, text) from public;
