create or replace function wedsync.add_supplier_member(supplier_id uuid, user_id uuid, member_role text default 'staff')
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('members-write');
    perform wedsync_internal.require_given('{supplier_id,user_id}', array[supplier_id is not null, user_id is not null]);
    perform wedsync_internal.lock_as_supplier(
        supplier_id, case when member_role = 'staff' then '{owner,manager}'::text[] else '{owner}'::text[] end, true
    );
    perform wedsync_internal.require_assurance('add_supplier_member', null, supplier_id);
    if member_role is null or member_role not in ('owner', 'manager', 'staff') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "member_role", "rule": "owner, manager or staff"}');
    end if;
    if not wedsync_internal.is_service() and not exists (
        select from wedsync_data.supplier_members as m
        where m.supplier_id = add_supplier_member.supplier_id and m.user_id = add_supplier_member.user_id
    ) then
        perform wedsync_internal.fail('not_allowed', '{"rule": "people are added only after accepting an invitation"}', 'Invite the person with invite_supplier_member.');
    end if;
    perform wedsync_internal.set_supplier_member(supplier_id, user_id, member_role);
end
$$;
comment on function wedsync.add_supplier_member(uuid, uuid, text) is
'Changes the role of a supplier''s member; server roles can also add members
member_role is owner, manager or staff. Owners may change any role, managers only that of staff. New members join through invite_supplier_member and accept_invitation. Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), state_conflict (PT409), rate_limited (429).';
revoke all on function wedsync.add_supplier_member(uuid, uuid, text) from public;
grant execute on function wedsync.add_supplier_member(uuid, uuid, text) to authenticated, service_role, wedsync_admin;
