-- proves: F000-67, C-56
-- At most twenty keys of a person are in use; what was revoked or has run out makes room.
begin;
select plan(7);
update wedsync_data.rate_limits set max_requests = null;
create function pg_temp.make() returns text language sql as $$
    select coalesce(tap.error('emma', 'select wedsync.create_api_key(''server'')') ->> 'sqlstate', 'passes')
$$;
select is((select array_agg(distinct pg_temp.make()) from generate_series(1, 20)), '{passes}'::text[], 'twenty');
select is(pg_temp.make(), 'PT409', 'and no more');
select is(tap.error('emma', format('select wedsync.revoke_api_key(%L)', (select k.id from wedsync_data.api_keys as k limit 1))), null, 'one is revoked');
select is(pg_temp.make(), 'passes', 'which makes room');
select is(pg_temp.make(), 'PT409', 'for one');
update wedsync_data.api_keys as k set valid_until = now() where k.id = (select n.id from wedsync_data.api_keys as n where n.revoked_at is null limit 1);
select is(pg_temp.make(), 'passes', 'and so does one that has run out');
select is(tap.error('james', 'select wedsync.create_api_key(''server'')'), null, 'others have their own');
select * from finish();
rollback;
