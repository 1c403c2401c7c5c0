create or replace function wedsync_internal.accepting_supplier(
    invitation wedsync_data.invitations, chosen uuid, business_name text, out supplier uuid, out new_name text
)
language plpgsql
volatile
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    theirs uuid[];
begin
    supplier := coalesce(chosen, invitation.supplier_id);
    new_name := business_name;
    if invitation.supplier_id is not null and (supplier <> invitation.supplier_id or business_name is not null) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "the invited supplier"}');
    end if;
    if supplier is null and business_name is null then
        theirs := array(
            select s.id from wedsync_data.supplier_members as m join wedsync_data.suppliers as s on s.id = m.supplier_id
            where m.user_id = caller and m.member_role in ('owner', 'manager') and s.category = invitation.category
        );
        if cardinality(theirs) > 1 then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "required when you have several suppliers of this category"}');
        end if;
        supplier := theirs[1];
        new_name := case when supplier is null then invitation.business_name end;
        if supplier is null and new_name is null then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "business_name", "rule": "required when you have no supplier of this category"}');
        end if;
    elsif supplier is not null and business_name is not null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "business_name", "rule": "cannot be combined with supplier_id"}');
    end if;
    if supplier is null then
        return;
    end if;
    perform wedsync_internal.require_supplier_role(supplier, '{owner,manager}');
    if not exists (select from wedsync_data.suppliers as s where s.id = supplier and s.category = invitation.category) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "a supplier of the invited category"}');
    end if;
end
$$;
comment on function wedsync_internal.accepting_supplier(wedsync_data.invitations, uuid, text) is
'Determines which of the caller''s suppliers accepts an invitation: the one chosen, the one named in the invitation, the caller''s only supplier of the category, or a new one by its name.';
revoke all on function wedsync_internal.accepting_supplier(wedsync_data.invitations, uuid, text) from public;
