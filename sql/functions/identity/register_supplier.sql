create or replace function wedsync.register_supplier(business_name text, category text)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    supplier uuid;
begin
    perform wedsync_internal.enforce_rate_limit('registration');
    if coalesce(business_name, '') !~ '\S' or length(business_name) > 200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "business_name", "rule": "1 to 200 characters, not blank"}');
    end if;
    if category is null or not exists (
        select from wedsync_data.supplier_categories as c where c.category = register_supplier.category
    ) then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'category', 'rule', 'known category',
            'known', (select pg_catalog.jsonb_agg(c.category order by c.category) from wedsync_data.supplier_categories as c)
        ));
    end if;
    -- locks the user's row, so that the count below stays correct
    perform wedsync_internal.record_user(caller);
    perform wedsync_internal.enforce_cap('suppliers_per_user', (
        select count(*) from wedsync_data.supplier_members as m where m.user_id = caller and m.member_role = 'owner'
    ));
    insert into wedsync_data.suppliers (business_name, category, created_by)
    values (btrim(register_supplier.business_name), register_supplier.category, caller)
    returning id into supplier;
    insert into wedsync_data.supplier_members (supplier_id, user_id, member_role, added_by) values (supplier, caller, 'owner', caller);
    return supplier;
end
$$;
comment on function wedsync.register_supplier(text, text) is
'Registers a supplier and returns its id
The caller becomes its owner. category is a key of supplier_categories. Errors: not_signed_in (42501), cap_reached (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.register_supplier(text, text) from public;
grant execute on function wedsync.register_supplier(text, text) to authenticated, service_role, wedsync_admin;
