-- proves: F000-67
-- Whoever got hold of a key could make itself others, and keep them when the first one was revoked.
begin;
select plan(2);
select is(
    tap.error('emma', $$ select wedsync.create_api_key('mine') $$, 'authenticated', '{"via": "api_key"}') ->> 'sqlstate', '42501', 'a key makes no keys'
);
select ok(tap.call('emma', $$ select wedsync.create_api_key('mine') ->> 'key' $$) like 'wsk_%', 'a person does');
select * from finish();
rollback;
