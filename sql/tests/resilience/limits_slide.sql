-- proves: F001-49, F000-58, F000-60, F000-62, F000-63, F003-13, C-56
-- Reads 100, writes 20, filling forms 30 in sliding 60 seconds, per user and endpoint; 429 with Retry-After beyond.
begin;
select plan(54);
select results_eq(
    $$ select endpoint, max_requests, per_seconds from wedsync_data.rate_limits where endpoint like 'core-fields-%' order by endpoint $$,
    $$ values ('core-fields-populate', 30, 60), ('core-fields-read', 100, 60), ('core-fields-write', 20, 60) $$, 'the limits of the source'
);
create temporary table shipped on commit drop as select * from wedsync_data.rate_limits;
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''partner'')', tap.couple('emma'), tap.id('james')), 'service_role');
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('form'), tap.firm('chef'), 'Menu');
create temporary table calls (endpoint text, query text) on commit drop;
insert into calls
select 'core-fields-read', format('select wedsync.get_core_fields(%L)', tap.couple('emma')) union all
select 'core-fields-read', format('select count(*) from wedsync.get_audit_trail(%L)', tap.couple('emma')) union all
select 'core-fields-read', format('select wedsync.core_fields_as_of(%L, ''infinity'')', tap.couple('emma')) union all
select 'core-fields-write', format('select wedsync.update_core_fields(%L, ''{}'')', tap.couple('emma')) union all
select 'core-fields-populate', format('select wedsync.populate_form(%L, %L)', tap.id('form'), tap.couple('emma'));
update wedsync_data.rate_limits as r set max_requests = s.max_requests from shipped as s where s.endpoint = r.endpoint;
delete from wedsync_data.rate_usage;

-- number of calls that pass before one is refused
create function pg_temp.passing(who text, query text, at_most integer) returns integer language plpgsql as $$
begin
    for i in 1..at_most loop
        if tap.error(who, query) is not null then
            return i - 1;
        end if;
    end loop;
    return at_most;
end $$;
select is(
    pg_temp.passing('emma', c.query, s.max_requests + 3), s.max_requests,
    format('%s passes exactly %s times: %s', c.endpoint, s.max_requests, split_part(c.query, '(', 1))
)
from (select distinct on (endpoint) * from calls order by endpoint, query desc) as c join shipped as s using (endpoint);
select is(tap.error('emma', c.query) ->> 'sqlstate', 'PGRST', 'refused then: ' || split_part(c.query, '(', 1)) from calls as c;
select is(tap.error('emma', c.statement) ->> 'sqlstate', 'PGRST', 'the same limit for ' || split_part(c.statement, '(', 1)) from (values
    ('update wedsync.core_fields set wedding_style = ''{x}'''),
    (format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "x"}'')', tap.couple('emma'))),
    (format('select wedsync.move_list_element(%L, ''key_moments'', gen_random_uuid())', tap.couple('emma'))),
    (format('select wedsync.remove_list_element(%L, ''key_moments'', gen_random_uuid())', tap.couple('emma')))
) as c (statement);
create temporary table refusal on commit drop as select tap.error('emma', query) as e from calls where endpoint = 'core-fields-write';
select is(e #> '{detail,status}', '429', 'the form that PostgREST turns into 429') from refusal;
select ok((e #>> '{detail,headers,Retry-After}')::integer between 1 and 60, 'with Retry-After in seconds') from refusal;
select is((e ->> 'message')::jsonb ->> 'code', 'WS429', 'code') from refusal;
select is(
    ((e ->> 'message')::jsonb ->> 'details')::jsonb - 'retry_after', '{"endpoint": "core-fields-write", "max_requests": 20, "per_seconds": 60}',
    'and which limit'
) from refusal;
select is(((e ->> 'message')::jsonb ->> 'details')::jsonb ->> 'retry_after', e #>> '{detail,headers,Retry-After}', 'the same number of seconds in the body')
from refusal;
select is(pg_temp.passing('james', query, 3), 3, 'another partner has a limit of his own: ' || split_part(query, '(', 1)) from calls;
select is(pg_temp.passing('chef', query, 3), 3, 'and so does the supplier: ' || split_part(query, '(', 1)) from calls;
select is(tap.error('emma', query, 'service_role') is null, true, 'a server is not limited: ' || split_part(query, '(', 1)) from calls;

-- the window slides: time is moved by moving what is stored
create function pg_temp.pass_time(seconds integer) returns void language sql as $$ update wedsync_data.rate_usage set bucket = bucket - seconds $$;
select pg_temp.pass_time(57);
select is(tap.error('emma', query) ->> 'sqlstate', 'PGRST', 'just before the minute is over') from calls where endpoint = 'core-fields-write';
select pg_temp.pass_time(3);
select is(pg_temp.passing('emma', query, 25), 20, 'a minute later the full number passes again') from calls where endpoint = 'core-fields-write';
delete from wedsync_data.rate_usage;
select pg_temp.passing('emma', query, 10) from calls where endpoint = 'core-fields-write';
select pg_temp.pass_time(40);
select pg_temp.passing('emma', query, 10) from calls where endpoint = 'core-fields-write';
select is(tap.error('emma', query) #>> '{detail,status}', '429', 'ten and ten within a minute are twenty') from calls where endpoint = 'core-fields-write';
select ok((tap.error('emma', query) #>> '{detail,headers,Retry-After}')::integer between 15 and 21, 'Retry-After is when the oldest leaves the window')
from calls where endpoint = 'core-fields-write';
select pg_temp.pass_time(21);
select is(pg_temp.passing('emma', query, 25), 10, 'when the first ten leave the window, ten more pass') from calls where endpoint = 'core-fields-write';

-- what is refused for another reason is not counted
delete from wedsync_data.rate_usage;
select is(count(tap.error('emma', format('select wedsync.update_core_fields(%L, ''{"nope": 1}'')', tap.couple('emma')))), 30::bigint, 'thirty refused patches')
from generate_series(1, 30);
select is(pg_temp.passing('emma', query, 25), 20, 'do not use up the limit') from calls where endpoint = 'core-fields-write';

-- configurable
select is(
    tap.run(null, 'update wedsync_data.rate_limits set max_requests = 5 where endpoint = ''core-fields-write''', 'wedsync_admin'), 1::bigint,
    'an administrator changes a limit'
);
delete from wedsync_data.rate_usage;
select is(pg_temp.passing('emma', query, 10), 5, 'which holds at once') from calls where endpoint = 'core-fields-write';
select tap.run(null, 'update wedsync_data.rate_limits set per_seconds = 3600 where endpoint = ''core-fields-write''', 'wedsync_admin');
select is(pg_temp.passing('emma', query, 10), 5, 'a longer window starts counting anew') from calls where endpoint = 'core-fields-write';
update wedsync_data.rate_usage set bucket = bucket - 60;
select is(pg_temp.passing('emma', query, 10), 5, 'and slides') from calls where endpoint = 'core-fields-write';
select tap.run(null, 'update wedsync_data.rate_limits set per_seconds = 6 where endpoint = ''core-fields-write''', 'wedsync_admin');
select is(pg_temp.passing('emma', query, 10), 5, 'a shorter one too') from calls where endpoint = 'core-fields-write';
select tap.run(null, 'update wedsync_data.rate_limits set max_requests = null where endpoint = ''core-fields-write''', 'wedsync_admin');
select is(pg_temp.passing('emma', query, 30), 30, 'null is no limit') from calls where endpoint = 'core-fields-write';
select is(tap.error('emma', 'update wedsync_data.rate_limits set max_requests = 1000') ->> 'sqlstate', '42501', 'users do not change limits');
select is(tap.error('emma', 'delete from wedsync_data.rate_usage') ->> 'sqlstate', '42501', 'nor what was counted');
select throws_ok($$ update wedsync_data.rate_limits set max_requests = 0 $$, '23514', null, 'a limit of nothing is refused');

-- a limiter that does not work
delete from wedsync_data.rate_limits;
select is(
    coalesce(tap.error('emma', query) #>> '{detail,status}', 'passes'), case endpoint when 'core-fields-read' then 'passes' else '503' end,
    'without a row: ' || endpoint || ' ' || split_part(query, '(', 1)
) from calls;
select * from finish();
rollback;
