-- proves: C-49
begin;
select plan(8);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated", "aal": "aal1"}', true);
set local role authenticated;
select wedsync.register_couple('Emma', 'James');
select wedsync.register_supplier('Caterers', 'caterer');
select lives_ok(
    $$ select wedsync.grant_access((select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Caterers'), '{basic}') $$,
    'a standard wedding shares with one factor'
);
reset role;
update wedsync_data.weddings set tier = 'enterprise' where created_by = '11111111-0000-4000-8000-000000000001';
set local role authenticated;
select throws_ok(
    $$ select wedsync.grant_access((select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Caterers'), '{standard}') $$,
    'PT403', 'A stronger sign-in is needed', 'an enterprise wedding needs a second factor to share'
);
select throws_ok(
    $$ select wedsync.add_wedding_member((select couple_id from wedsync.core_fields), '11111111-0000-4000-8000-000000000002', 'planner') $$,
    'PT403', null, 'and to take in a member'
);
select lives_ok(
    $$ select wedsync.revoke_access((select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Caterers')) $$,
    'taking access away never waits for a second factor'
);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated", "aal": "zzz"}', true);
select throws_ok(
    $$ select wedsync.add_wedding_member((select couple_id from wedsync.core_fields), '11111111-0000-4000-8000-000000000002', 'planner') $$,
    'PT403', null, 'an unknown level counts as the lowest'
);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated", "aal": "aal2"}', true);
select lives_ok(
    $$ select wedsync.add_wedding_member((select couple_id from wedsync.core_fields), '11111111-0000-4000-8000-000000000002', 'planner') $$,
    'with a second factor it works'
);
reset role;
update wedsync_data.suppliers set tier = 'enterprise' where business_name = 'Caterers';
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select throws_ok(
    $$ select wedsync.add_supplier_member((select id from wedsync.suppliers where business_name = 'Caterers'), '11111111-0000-4000-8000-000000000003') $$,
    'PT403', null, 'an enterprise supplier needs it to take in staff'
);
reset role;
delete from wedsync_data.assurance_rules where operation = 'add_supplier_member';
set local role authenticated;
select lives_ok(
    $$ select wedsync.add_supplier_member((select id from wedsync.suppliers where business_name = 'Caterers'), '11111111-0000-4000-8000-000000000003') $$,
    'the rules are rows'
);
reset role;
select * from finish();
rollback;
