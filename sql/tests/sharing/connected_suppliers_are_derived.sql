-- proves: F000-15, F000-47, C-54
begin;
select plan(5);
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select wedsync.register_supplier('Derived Florist', 'florist');
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select wedsync.register_couple('Emma', 'James');
select is((select connected_vendors from wedsync.core_fields), '[]'::jsonb, 'nobody is connected at first');
select wedsync.grant_access(
    (select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Derived Florist'), '{basic}'
);
select is((select connected_vendors #>> '{0,supplier_name}' from wedsync.core_fields), 'Derived Florist', 'a grant shows at once');
select is((select connected_vendors #> '{0,access_fields}' from wedsync.core_fields), '["basic"]'::jsonb, 'with its fields');
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select is((select connected_vendors from wedsync.core_fields), null, 'suppliers do not see each other');
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select wedsync.revoke_access(
    (select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Derived Florist')
);
select is((select connected_vendors from wedsync.core_fields), '[]'::jsonb, 'and so does its end');
reset role;
select * from finish();
rollback;
