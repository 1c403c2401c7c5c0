create or replace function wedsync_internal.require_supplier_role(supplier_id uuid, member_roles text[])
returns void
language plpgsql
stable
as $$
declare
    caller uuid;
    held text;
begin
    if supplier_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "required"}');
    end if;
    if wedsync_internal.is_service() then
        if not exists (select from wedsync_data.suppliers as s where s.id = require_supplier_role.supplier_id) then
            perform wedsync_internal.fail('not_found');
        end if;
        return;
    end if;
    caller := wedsync_internal.require_user();
    select m.member_role into held
    from wedsync_data.supplier_members as m
    where m.supplier_id = require_supplier_role.supplier_id and m.user_id = caller;
    if held is null then
        perform wedsync_internal.fail('not_found');
    elsif held <> all (member_roles) then
        perform wedsync_internal.fail('not_allowed');
    end if;
end
$$;
comment on function wedsync_internal.require_supplier_role(uuid, text[]) is
'Raises an error unless the caller has one of the roles at the supplier or is a trusted server role.';
revoke all on function wedsync_internal.require_supplier_role(uuid, text[]) from public;
