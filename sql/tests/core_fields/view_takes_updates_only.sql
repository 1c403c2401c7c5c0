-- proves: C-22
begin;
select plan(3);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select wedsync.register_couple('Emma', 'James');
select throws_ok('delete from wedsync.core_fields', '42501', null, 'a record is not deleted through the view');
select throws_ok('insert into wedsync.core_fields (couple_id) values (gen_random_uuid())', '42501', null, 'nor inserted');
reset role;
set local role service_role;
select throws_ok('delete from wedsync.core_fields', '42501', null, 'not by server roles either');
reset role;
select * from finish();
rollback;
