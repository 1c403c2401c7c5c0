create or replace function wedsync_internal.set_supplier_member(supplier_id uuid, user_id uuid, member_role text)
returns void
language plpgsql
volatile
as $$
declare
    present constant text := (
        select m.member_role from wedsync_data.supplier_members as m
        where m.supplier_id = set_supplier_member.supplier_id and m.user_id = set_supplier_member.user_id
    );
begin
    if present = member_role then
        return;
    end if;
    if present in ('owner', 'manager') then
        perform wedsync_internal.require_supplier_role(supplier_id, '{owner}');
        if present = 'owner' and (
            select count(*) from wedsync_data.supplier_members as m
            where m.supplier_id = set_supplier_member.supplier_id and m.member_role = 'owner'
        ) = 1 then
            perform wedsync_internal.fail('state_conflict', '{"rule": "the last owner must remain an owner"}', 'Make another member owner first.');
        end if;
    end if;
    insert into wedsync_data.supplier_members as m (supplier_id, user_id, member_role, added_by)
    values (set_supplier_member.supplier_id, set_supplier_member.user_id, set_supplier_member.member_role, wedsync_internal.current_user_id())
    on conflict on constraint supplier_members_pkey do update set member_role = excluded.member_role;
end
$$;
comment on function wedsync_internal.set_supplier_member(uuid, uuid, text) is
'Shared by add_supplier_member and accept_invitation: gives a user a role at a supplier. Call it with the supplier''s lock held.';
revoke all on function wedsync_internal.set_supplier_member(uuid, uuid, text) from public;
