create or replace function wedsync.remove_supplier_member(supplier_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    present text;
begin
    perform wedsync_internal.enforce_rate_limit('members-write');
    if user_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "user_id", "rule": "required"}');
    end if;
    if user_id is distinct from wedsync_internal.current_user_id() then
        perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager}', true);
        perform wedsync_internal.require_assurance('remove_supplier_member', null, supplier_id);
    else
        -- outsiders take no lock: the role is also checked before it
        perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager,staff}', true);
    end if;
    select m.member_role into present
    from wedsync_data.supplier_members as m
    where m.supplier_id = remove_supplier_member.supplier_id and m.user_id = remove_supplier_member.user_id;
    if present is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if present in ('owner', 'manager') and user_id is distinct from wedsync_internal.current_user_id() then
        perform wedsync_internal.require_supplier_role(supplier_id, '{owner}');
    end if;
    if present = 'owner' and (
        select count(*) from wedsync_data.supplier_members as m
        where m.supplier_id = remove_supplier_member.supplier_id and m.member_role = 'owner'
    ) = 1 then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the last owner must remain an owner"}', 'Make another member owner first.');
    end if;
    delete from wedsync_data.supplier_members as m
    where m.supplier_id = remove_supplier_member.supplier_id and m.user_id = remove_supplier_member.user_id;
end
$$;
comment on function wedsync.remove_supplier_member(uuid, uuid) is
'Removes a member from a supplier
Owners may remove anybody, managers staff, and members themselves; the last owner cannot be removed. Takes effect at commit, also for open channels.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), state_conflict (PT409), rate_limited (429).';
revoke all on function wedsync.remove_supplier_member(uuid, uuid) from public;
grant execute on function wedsync.remove_supplier_member(uuid, uuid) to authenticated, service_role, wedsync_admin;
