-- proves: F001-12, F001-15, F001-16, F001-17, F001-18, F001-48, C-67
-- What is refused and counted, what is accepted once, and how it is handled or repeated.
begin;
select plan(63);
select tap.wedding('emma');
create temp table keys as
select s.name, decode(replace(
    wedsync.create_webhook_source(s.name, s.handler, case when s.handler <> 'store' then tap.id(s.who) end) ->> 'secret', 'whsec_', ''
), 'base64') as secret
from (values ('shop', 'store', null), ('couples', 'core_fields', 'emma'), ('strangers', 'core_fields', 'mia')) as s (name, handler, who);
grant select on keys to public;
-- the clock of senders stands still, but for when it is set: otherwise two webhooks might be of one second or of two
create temp table clock as select extract(epoch from clock_timestamp())::bigint as second;
create function pg_temp.later(seconds integer) returns text language sql as $$ select (c.second + seconds)::text from clock as c $$;
create function pg_temp.sent(source text, id text, body bytea, seconds integer default 0,
    address text default '203.0.113.7') returns jsonb language plpgsql as $$
declare
    at constant text := pg_temp.later(seconds);
begin
    -- as through PostgREST, which passes the address on
    perform set_config('request.headers', jsonb_build_object('x-real-ip', address)::text, true);
    return tap.call(null, format('select wedsync.receive_webhook(%L, %L)', body, jsonb_build_object(
        'webhook-source', source, 'webhook-id', id, 'webhook-timestamp', at, 'webhook-signature',
        'v1,' || encode(wedsync_internal.hmac_sha256((select k.secret from keys as k where k.name = source),
            convert_to(id || '.' || at || '.', 'UTF8') || body), 'base64')
    )), 'anon')::jsonb || jsonb_build_object('http', current_setting('response.status')::integer, 'headers',
        nullif(current_setting('response.headers', true), ''));
end $$;
create function pg_temp.status(source text, id text, body text default '{"a": 1}', seconds integer default 0) returns text language sql as $$
    select (s ->> 'status') || ' ' || (s ->> 'http') from pg_temp.sent(source, id, convert_to(body, 'UTF8'), seconds) as s
$$;
create function pg_temp.counted(kind text) returns text language sql as $$
    select string_agg(c.source || ' ' || c.address || ' ' || c.count, ', ' order by c.source, c.address) from (
        select e.source, host(e.address) as address, sum(e.count) as count from wedsync.security_events as e where e.kind = counted.kind group by 1, 2
    ) as c
$$;

update wedsync_data.rate_limits set max_requests = 10 where endpoint = 'webhook-unverified';
-- once
update wedsync_data.webhook_sources set max_requests = 1000;
select is(pg_temp.status('shop', '1'), 'accepted 202', 'accepted');
select is(pg_temp.status('shop', '1'), 'replayed 409', 'not again with the same timestamp');
select is(pg_temp.status('shop', '1', seconds => 2), 'duplicate 200', 'a sender that repeats it is content');
select is(pg_temp.status('shop', '1', seconds => 1), 'replayed 409', 'an older one was recorded by somebody');
select is((select count(*) from wedsync.webhook_deliveries), 1::bigint, 'one webhook');
update clock set second = extract(epoch from clock_timestamp());
select is(pg_temp.status('shop', '2', seconds => -290), 'accepted 202', 'almost five minutes');
select is(pg_temp.status('shop', '3', seconds => -302), 'stale 401', 'not longer ago');
select is(pg_temp.status('shop', '3', seconds => 310), 'stale 401', 'nor in the future');
select is(pg_temp.counted('replayed'), 'shop 203.0.113.7 2', 'replays are counted with their address');
select is(pg_temp.counted('stale'), 'shop 203.0.113.7 2', 'so are stale ones');

-- bodies
select is(pg_temp.status('shop', 'b1', b.body), 'malformed 400', b.body) from (values ('[1]'), ('x'), (''), ('1e400'), ('{"a": 1e400}')) as b (body);
select is(pg_temp.status('shop', 'b1', b.body), 'malformed 400', left(b.body, 20)) from (values ('{"a": "\u0000"}'), (repeat('[', 20000))) as b (body);
select is(pg_temp.sent('shop', 'b2', '\x7b22ff227d'::bytea) ->> 'status', 'malformed', 'no UTF-8');
select is(pg_temp.status('shop', 'b0', '{"a":1e300,"b":[1,2]}'), 'accepted 202', 'without blanks');
select is(pg_temp.status('shop', 'b3', '{"x": "' || repeat('y', 1048567) || '"}'), 'accepted 202', 'one MiB');
select is(pg_temp.status('shop', 'b4', '{"x": "' || repeat('y', 1048568) || '"}'), 'too_large 413', 'one byte more');
select is(pg_temp.status('nobody', 'b5', repeat('y', 1048577)), 'too_large 413', 'the size comes first');
select is(pg_temp.counted('too_large'), ' 203.0.113.7 1, shop 203.0.113.7 1', 'a name that is no source is not kept');
select is(
    pg_temp.sent('shop', null, '\x7b7d') ->> 'status' || ' ' || (pg_temp.sent('shop', repeat('i', 256), '\x7b7d') ->> 'status'), 'unverified malformed',
        'ids of 1 to 255 characters'
);

-- limits: of verified ones by source, of others by address
update wedsync_data.webhook_sources set max_requests = 10;
delete from wedsync_data.rate_usage;
select is(
    (select array_agg(pg_temp.status('shop', 'l' || n) order by n) from generate_series(1, 12) as n),
    array_fill('accepted 202'::text, '{10}') || '{rate_limited 429,rate_limited 429}'::text[], 'ten in a minute'
);
select matches(pg_temp.sent('shop', 'l13', '\x7b7d') ->> 'headers', '^\[\{"Retry-After": "\d+"\}\]$', 'with Retry-After');
select is(pg_temp.status('couples', 'l14', '{}'), 'accepted 202', 'each source by itself');
create function pg_temp.forged(source text, address text) returns text language sql as $$
    select tap.call(null, format('select wedsync.receive_webhook(''\x7b7d'', %L)', jsonb_build_object(
        'webhook-source', source, 'webhook-id', 'f', 'webhook-timestamp', pg_temp.later(0), 'webhook-signature', 'v1,' || encode(sha256('x'), 'base64')
    )), 'anon')::jsonb ->> 'status' from (select set_config('request.headers', jsonb_build_object('x-real-ip', address)::text, true)) as h (done)
$$;
select is(
    (select array_agg(pg_temp.forged('strangers', '198.51.100.9') order by n) from generate_series(1, 11) as n),
        array_fill('unverified'::text, '{10}') || 'rate_limited'::text,
    'ten forgeries in a minute'
);
select is(pg_temp.forged('strangers', '198.51.100.10'), 'unverified', 'other addresses have their own limit');
select is(pg_temp.status('strangers', 's1', '{}'), 'accepted 202', 'and the genuine sender is not held up');
select is(
    pg_temp.sent('x', 'y', '\x7b7d', address => '192.0.2.1') - 'headers', pg_temp.sent('shops', 'y', '\x7b7d', address => '192.0.2.2') - 'headers',
        'unknown sources'
);
update wedsync_data.webhook_sources set is_enabled = false where name = 'shop';
select is(pg_temp.status('shop', 'd1'), 'unverified 401', 'and disabled ones are answered like forgeries');
select is(pg_temp.counted('bad_signature'), 'shop 203.0.113.7 1, strangers 198.51.100.10 1, strangers 198.51.100.9 10', 'but told apart in the events');

-- handling
update wedsync_data.webhook_sources set max_requests = 1000;
create function pg_temp.update_body(patch jsonb, more jsonb default '{}') returns text language sql as $$
    select jsonb_build_object('type', 'core_fields.update', 'data', jsonb_build_object('couple_id', tap.couple('emma'), 'patch', patch) || more)::text
$$;
select is(pg_temp.status('couples', 'h1', pg_temp.update_body('{"wedding.style": ["rustic"]}')), 'accepted 202', 'a change of core fields');
select is((select wedding_style from wedsync_data.core_fields where couple_id = tap.couple('emma')), '{rustic}', 'is made');
select is((select d.status || d.attempts from wedsync.webhook_deliveries as d where d.id = 'h1'), 'handled1', 'at once');
select is(
    (select array[a.actor_id::text, a.actor_type, a.reason] from wedsync_data.audit_log as a where a.couple_id = tap.couple('emma')
        order by a.chain_no desc limit 1),
    array[tap.id('emma')::text, 'couple', 'webhook'], 'by the user of the source'
);
select is(pg_temp.status('strangers', 'h2', pg_temp.update_body('{"wedding.style": ["stolen"]}')), 'accepted 202', 'who may not is accepted');
select is((select d.status || d.sqlstate from wedsync.webhook_deliveries as d where d.id = 'h2'), 'deadPT404', 'but dead');
select is((select wedding_style from wedsync_data.core_fields where couple_id = tap.couple('emma')), '{rustic}', 'and changes nothing');
select is(pg_temp.status('couples', 'h3', pg_temp.update_body('{"wedding.style": ["x"], "wedding.date": "soon"}')), 'accepted 202', 'a wrong value');
select is((select d.sqlstate || d.attempts || (d.problem -> 'message') from wedsync.webhook_dead_letters as d where d.id = 'h3'),
    'PT4221"Some fields are invalid: wedding.date (date_as_YYYY-MM-DD)"', 'is a dead letter');
select pg_temp.status('couples', 'h4', b.body) from (values ('{"type": "core_fields.update", "data": {"couple_id": "x"}}')) as b (body);
select pg_temp.status('couples', 'h5', replace(pg_temp.update_body('{"wedding.style": ["x"]}'), 'core_fields.update', 'core_fields.delete')),
    pg_temp.status('couples', 'h6', pg_temp.update_body('{}', '{"base_version": "1"}'));
select is((select array_agg(d.id || d.sqlstate order by d.id) from wedsync.webhook_dead_letters as d where d.id in ('h4', 'h5', 'h6')),
    '{h422023,h522023,h622023}', 'nonsense is');
update wedsync_data.rate_limits set max_requests = 0 + 1 where endpoint = 'core-fields-write';
select pg_temp.status('couples', 'h7', pg_temp.update_body('{"wedding.style": ["boho"]}')),
    pg_temp.status('couples', 'h8', pg_temp.update_body('{"wedding.style": ["late"]}'));
select is((select d.status || d.sqlstate || (d.next_attempt_at > now()) from wedsync.webhook_deliveries as d where d.id = 'h8'), 'failedPGRSTtrue',
    'beyond a limit it is repeated');
create function pg_temp.repeated() returns text language sql as $$
    select tap.call(null, 'select wedsync_internal.run_job(''retry_webhooks'') || current_setting(''request.jwt.claims'')', 'wedsync_worker')
$$;
select is(pg_temp.repeated(), '0', 'not before its time');
select pg_temp.status('couples', 'h9', pg_temp.update_body('{"wedding.style": ["never"]}'));
update wedsync_data.webhook_deliveries set next_attempt_at = clock_timestamp(), attempts = 3 where id = 'h9';
select is(pg_temp.repeated(), '1', 'by the worker');
select ok(d.attempts = 4 and d.next_attempt_at - clock_timestamp() between interval '185 seconds' and interval '289 seconds', 'each time after a longer one')
from wedsync.webhook_deliveries as d where d.id = 'h9';
update wedsync_data.webhook_deliveries set next_attempt_at = clock_timestamp() where id = 'h9';
select pg_temp.repeated();
select is((select d.sqlstate || d.attempts from wedsync.webhook_dead_letters as d where d.id = 'h9'), 'PGRST5', 'five times');
update wedsync_data.rate_limits set max_requests = null where endpoint = 'core-fields-write';
update wedsync_data.webhook_deliveries set next_attempt_at = clock_timestamp() where id = 'h8';
select is(wedsync_internal.retry_webhooks(), 0, 'a server repeats nothing');
select is(wedsync_internal.handle_webhook('couples', 'h8'), 'failed', 'nor lends its rights');
select is(pg_temp.repeated(), '1', 'the worker does, and no claims remain');
select is((select wedding_style from wedsync_data.core_fields where couple_id = tap.couple('emma')), '{late}', 'with success');
select is(tap.error(null, 'select wedsync.retry_webhook(''couples'', ''h8'')', 'service_role') ->> 'sqlstate', 'PT409',
    'what was handled is not handled again');
select tap.call(null, 'select wedsync.retry_webhook(''couples'', ''h3'')', 'service_role');
select is((select d.status || d.attempts from wedsync.webhook_deliveries as d where d.id = 'h3'), 'failed0', 'a dead letter is');
select is(tap.error(null, 'select wedsync.retry_webhook(''couples'', ''nothing'')', 'service_role') ->> 'sqlstate', 'PT404', 'nothing is not');

-- replies of guests
insert into keys select 'replies', decode(replace(wedsync.create_webhook_source('replies', 'rsvp', tap.id('emma')) ->> 'secret', 'whsec_', ''), 'base64');
select tap.run('emma', format('insert into wedsync.households (couple_id, id, name) values (%L, %L, ''Lee'')', tap.couple('emma'), tap.id('lee')));
select tap.run('emma', format('insert into wedsync.guests (couple_id, id, household_id, first_name) values (%L, %L, %L, ''Ann'')', tap.couple('emma'),
    tap.id('ann'), tap.id('lee')));
select tap.run('emma', format('insert into wedsync.wedding_events (couple_id, id, name, is_main) values (%L, %L, ''Dinner'', true)', tap.couple('emma'),
    tap.id('dinner')));
select is(pg_temp.status('replies', 'g1',
    jsonb_build_object('type', 'rsvp.updated', 'data', jsonb_build_object('couple_id', tap.couple('emma'), 'replies', jsonb_build_array(
    jsonb_build_object('guest_id', tap.id('ann'), 'event_id', tap.id('dinner'), 'status', 'yes')
)))::text), 'accepted 202', 'a reply');
select is((select r.status from wedsync_data.rsvps as r where r.guest_id = tap.id('ann')), 'attending', 'is recorded')
from (select 1) as s where (select d.status from wedsync.webhook_deliveries as d where d.id = 'g1') = 'handled';
select pg_temp.status('replies', 'g2', pg_temp.update_body('{"wedding.style": ["by reply"]}'));
select is((select d.problem ->> 'message' from wedsync.webhook_dead_letters as d where d.id = 'g2'),
    'A parameter has an invalid value: type (rsvp.updated)', 'nothing else is');

-- who may, and what is kept
select is(tap.error(null, 'select wedsync.create_webhook_source(''x'', ''rsvp'')', 'service_role') ->> 'sqlstate', '22023', 'somebody must act');
select is(tap.error(e.who, e.query, e.db_role) ->> 'sqlstate', '42501', e.query) from (values
    ('emma', 'select wedsync.create_webhook_source(''x'')', 'authenticated'), (null, 'select secret from wedsync_data.webhook_secrets', 'wedsync_admin'),
    (null, 'select secret from wedsync_data.webhook_secrets', 'service_role')
) as e (who, query, db_role);
update wedsync_data.webhook_deliveries set received_at = now() - interval '31 days';
update wedsync_data.security_events set minute = minute - interval '91 days';
select wedsync_internal.prune_webhooks();
select is((select array_agg(distinct d.status) from wedsync_data.webhook_deliveries as d), '{dead}', 'dead letters are kept longer')
where (select count(*) from wedsync_data.security_events) = 0;
select * from finish();
rollback;
