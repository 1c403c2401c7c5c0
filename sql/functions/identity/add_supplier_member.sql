-- requires: identity/require_assurance, architecture/fail, identity/require_supplier_role, architecture/require_given
create or replace function wedsync.add_supplier_member(supplier_id uuid, user_id uuid, member_role text default 'staff')
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    present text;
begin
    perform wedsync_internal.require_given('{supplier_id,user_id}', array[supplier_id is not null, user_id is not null]);
    perform wedsync_internal.require_supplier_role(
        supplier_id, case when member_role = 'staff' then '{owner,manager}'::text[] else '{owner}'::text[] end
    );
    perform wedsync_internal.require_assurance('add_supplier_member', null, supplier_id);
    if member_role is null or member_role not in ('owner', 'manager', 'staff') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "member_role", "rule": "owner, manager or staff"}');
    end if;
    perform from wedsync_data.suppliers as s where s.id = add_supplier_member.supplier_id for update;
    select m.member_role into present
    from wedsync_data.supplier_members as m
    where m.supplier_id = add_supplier_member.supplier_id and m.user_id = add_supplier_member.user_id;
    if present = member_role then
        return;
    end if;
    if present in ('owner', 'manager') then
        perform wedsync_internal.require_supplier_role(supplier_id, '{owner}');
        if present = 'owner' and (
            select count(*) from wedsync_data.supplier_members as m
            where m.supplier_id = add_supplier_member.supplier_id and m.member_role = 'owner'
        ) = 1 then
            perform wedsync_internal.fail('state_conflict', '{"rule": "the last owner stays"}');
        end if;
    end if;
    insert into wedsync_data.supplier_members (supplier_id, user_id, member_role, added_by)
    values (add_supplier_member.supplier_id, add_supplier_member.user_id, add_supplier_member.member_role, wedsync_internal.current_user_id())
    on conflict on constraint supplier_members_pkey do update set member_role = excluded.member_role;
end
$$;
comment on function wedsync.add_supplier_member(uuid, uuid, text) is
'Adds a person to a supplier, or changes the person''s role
member_role is owner, manager or staff. Owners may add anybody, managers staff. Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), state_conflict (PT409).';
revoke all on function wedsync.add_supplier_member(uuid, uuid, text) from public;
grant execute on function wedsync.add_supplier_member(uuid, uuid, text) to authenticated, service_role, wedsync_admin;
