-- proves: F004-98, C-56
-- What users publish over HTTP counts for the user whose claims the worker has verified, although the worker itself is a trusted server role.
begin;
select plan(9);
select null from tap.wedding('emma');
update wedsync_data.rate_limits set max_requests = 3 where endpoint = 'realtime-broadcast';
delete from wedsync_data.rate_usage;
create function pg_temp.publish(
    who text, n integer, role_name text default 'authenticated', login text default 'wedsync_worker'
) returns text language sql as $$
    select coalesce(e.e #>> '{detail,status}', e.e ->> 'sqlstate', 'published') from tap.error(null, format(
        'select wedsync_internal.publish_messages(%L, %L)', jsonb_build_object('sub', tap.id(who), 'role', role_name),
        (select jsonb_agg(jsonb_build_object('topic', 'wedding:' || tap.couple('emma'), 'event', 'e', 'payload', '{}'::jsonb)) from generate_series(1, n))
    ), login) as e (e)
$$;
select is(pg_temp.publish('emma', 2), 'published', 'two messages');
select is(pg_temp.publish('emma', 2), '429', 'and two are more than three');
select is(pg_temp.publish('emma', 1), 'published', 'and one are three');
select is(
    (
        select coalesce(e.e #>> '{detail,status}', 'sent')
        from tap.error('emma', format('select wedsync.broadcast(%L, ''e'', ''{}'')', 'wedding:' || tap.couple('emma'))) as e (e)
    ), '429', 'what is sent from SQL counts with them'
);
select is(pg_temp.publish('emma', 4), 'PT413', 'more than the limit at once can never pass');
select is(pg_temp.publish('emma', 9, 'service_role'), 'published', 'servers are not limited');
-- a worker that logs in as the owner of the pack does not make its users trusted
delete from wedsync_data.rate_usage;
select is(pg_temp.publish('emma', 3, 'authenticated', 'wedsync_owner'), 'published', 'three for a worker with the owner''s login');
select is(pg_temp.publish('emma', 1, 'authenticated', 'wedsync_owner'), '429', 'are all there are');
select is(
    (select sum(c) from wedsync_data.rate_usage as u, unnest(u.counts) as c where u.user_id <> tap.id('emma')), null, 'and nobody else is charged for it'
);
select * from finish();
rollback;
