-- proves: F004-98, C-56
-- Broadcasts by message, presence and detect_idle by call: each user has a limit, 429 with Retry-After beyond, servers have none.
begin;
select plan(50);
create temporary table shipped on commit drop as select * from wedsync_data.rate_limits;
select results_eq(
    $$
        select endpoint, max_requests, per_seconds from wedsync_data.rate_limits where endpoint in ('realtime-broadcast', 'realtime-presence', 'realtime-idle')
        order by 1
    $$,
    $$ values ('realtime-broadcast', 1200, 60), ('realtime-idle', 30, 60), ('realtime-presence', 300, 60) $$, 'the limits as shipped'
);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''partner'')', tap.couple('emma'), tap.id('james')), 'service_role');
create function pg_temp.batch(n integer) returns text language sql
as $$
    select format(
        'select wedsync.broadcast_batch(%L)',
        (select jsonb_agg(jsonb_build_object('topic', 'wedding:' || tap.couple('emma'), 'event', 'e', 'payload', '{}'::jsonb)) from generate_series(1, n))
    )
$$;
create temporary table calls (endpoint text, query text) on commit drop;
insert into calls
select 'realtime-broadcast', format('select wedsync.broadcast(%L, ''e'', ''{}'')', 'wedding:' || tap.couple('emma')) union all
select 'realtime-broadcast', format('select wedsync.send(''{}'', ''e'', %L)', 'wedding:' || tap.couple('emma')) union all
select 'realtime-broadcast', pg_temp.batch(1) union all
select 'realtime-presence', format('select wedsync.touch_presence(%L, ''{"status": "busy"}'')', tap.couple('emma')) union all
select 'realtime-idle', format('select count(*) from wedsync.detect_idle(%L)', tap.couple('emma'));
create function pg_temp.passing(who text, query text, at_most integer, role_name text default 'authenticated') returns integer language plpgsql as $$
begin
    for i in 1..at_most loop
        if tap.error(who, query, role_name) is not null then
            return i - 1;
        end if;
    end loop;
    return at_most;
end $$;

-- five devices that each beat every two seconds
update wedsync_data.rate_limits as r set max_requests = s.max_requests from shipped as s where s.endpoint = r.endpoint;
delete from wedsync_data.rate_usage;
select is(pg_temp.passing('emma', query, 150), 150, 'presence of five devices, every two seconds for a minute') from calls where endpoint = 'realtime-presence';

update wedsync_data.rate_limits set max_requests = 6 where endpoint like 'realtime-%';
create temporary table refused (query text, endpoint text, error jsonb) on commit drop;
do $$
declare
    c record;
begin
    for c in select * from calls loop
        delete from wedsync_data.rate_usage;
        insert into refused select 'passing', c.query, to_jsonb(pg_temp.passing('emma', c.query, 9));
        insert into refused select c.query, c.endpoint, tap.error('emma', c.query);
        insert into refused select 'james', c.query, to_jsonb(pg_temp.passing('james', c.query, 2));
        insert into refused select 'server', c.query, to_jsonb(pg_temp.passing(null, c.query, 9, 'service_role')) where c.endpoint <> 'realtime-presence';
        insert into refused select 'admin', c.query, to_jsonb(pg_temp.passing(null, c.query, 9, 'wedsync_admin')) where c.endpoint = 'realtime-broadcast';
    end loop;
end
$$;
select is(r.error, '6', 'six pass, then none: ' || split_part(r.endpoint, '(', 1)) from refused as r where r.query = 'passing';
select is(r.error ->> 'sqlstate' || ' ' || (r.error #>> '{detail,status}'), 'PGRST 429', 'refused with 429: ' || split_part(r.query, '(', 1)) from refused as r
where r.error ? 'sqlstate';
select ok((r.error #>> '{detail,headers,Retry-After}')::integer between 1 and 60, 'with Retry-After') from refused as r where r.error ? 'sqlstate';
select is(((r.error ->> 'message')::jsonb ->> 'details')::jsonb ->> 'endpoint', r.endpoint, 'naming the limit') from refused as r where r.error ? 'sqlstate';
select is(r.error, '2', 'others have their own: ' || split_part(r.endpoint, '(', 1)) from refused as r where r.query = 'james';
select is(r.error, '9', r.query || ' is not limited: ' || split_part(r.endpoint, '(', 1)) from refused as r where r.query in ('server', 'admin');
select is((select count(*) from refused), 22::bigint, 'control: every function, every caller');

-- a batch counts its messages
delete from wedsync_data.rate_usage;
create temporary table before on commit drop as select count(*) as n from wedsync_data.messages;
select is(tap.error('emma', pg_temp.batch(7)) ->> 'sqlstate', 'PT413', 'a batch above the limit can never pass, and is told so');
select is(tap.error('emma', pg_temp.batch(4)), null, 'four');
select is(tap.error('emma', pg_temp.batch(3)) #>> '{detail,status}', '429', 'and three are more than six');
select is(tap.error('emma', pg_temp.batch(2)), null, 'and two are six');
select is((select count(*) from wedsync_data.messages), (select n + 6 from before), 'what was refused sent nothing');
-- what is needed to make room decides how long to wait
delete from wedsync_data.rate_usage;
select tap.error('emma', pg_temp.batch(1));
update wedsync_data.rate_usage set bucket = bucket - 20;
select tap.error('emma', pg_temp.batch(5));
update wedsync_data.rate_usage set bucket = bucket - 20;
select ok((tap.error('emma', pg_temp.batch(1)) #>> '{detail,headers,Retry-After}')::integer between 15 and 21, 'room for one is there when the first leaves');
select ok((tap.error('emma', pg_temp.batch(2)) #>> '{detail,headers,Retry-After}')::integer between 35 and 41, 'room for two when the second do');
select is(tap.error('emma', pg_temp.batch(2), 'service_role'), null, 'a server that acts for somebody is not limited');

-- refused for another reason is not counted
delete from wedsync_data.rate_usage;
select is(count(tap.error('emma', format('select wedsync.broadcast(%L, null, ''{}'')', 'wedding:' || tap.couple('emma')))), 20::bigint, 'twenty wrong messages')
from generate_series(1, 20);
select is(pg_temp.passing('emma', query, 9), 6, 'do not use up the limit') from calls where query like '%broadcast(%';
delete from wedsync_data.rate_limits where endpoint like 'realtime-%';
select is(tap.error('emma', query) #>> '{detail,status}', '503', 'without a row closed: ' || split_part(query, '(', 1)) from calls;
select * from finish();
rollback;
