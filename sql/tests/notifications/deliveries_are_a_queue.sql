-- proves: F000-55, F001-29, F001-33, F001-37, F001-40
-- Deliveries are claimed by wedding day, priority and time, with leases; failures come back later, until they are dead letters that can be sent again.
begin;
select plan(74);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{guest_numbers}');
update wedsync_data.core_fields set wedding_date = current_date, time_zone = 'UTC' where couple_id = tap.couple('emma');
update wedsync_data.core_fields set wedding_date = current_date + 100, time_zone = 'UTC' where couple_id = tap.couple('olivia');
update wedsync_data.users set email = 'somebody@example.org';
delete from wedsync_data.deliveries;
update wedsync_data.integrations set failure_threshold = 1000, wedding_day_threshold = 1000;
insert into wedsync_data.notification_kinds (kind, audience, channels, rights, placeholders, description) values
('menu_changed', '{"roles": ["partner"]}', '{email}', '{wedding.guestCount.adults}', '{menu}', 'x');
insert into wedsync_data.notification_templates (kind, language, subject, body) values ('menu_changed', 'en', 'Menu: {menu}', 'The menu is {menu}');
create function pg_temp.tell(who text, menu text, priority text default 'normal') returns integer language sql as $$
    select wedsync_internal.notify(tap.couple(who), 'menu_changed', jsonb_build_object('menu', menu), null, null, priority)
$$;
create function pg_temp.claim(node text default 'one', n integer default 10, channels text[] default '{email}') returns text language sql as $$
    select string_agg(c.subject, ', ' order by c.place)
    from wedsync_internal.claim_deliveries(tap.id(node), channels, n) with ordinality as c (id, channel, kind, attempt, target, subject, body, payload, place)
$$;
create function pg_temp.state(menu text) returns text language sql as $$
    select d.state || ' ' || d.attempts from wedsync_data.deliveries as d join wedsync_data.notifications as n on n.id = d.notification_id
    where n.changes ->> 'menu' = menu
$$;
create function pg_temp.id_of(menu text) returns uuid language sql as $$
    select d.id from wedsync_data.deliveries as d join wedsync_data.notifications as n on n.id = d.notification_id where n.changes ->> 'menu' = menu
$$;
create function pg_temp.fail(menu text, outcome text default 'failed', retry_after double precision default null) returns text language sql as $$
    select wedsync_internal.fail_delivery(tap.id('one'), pg_temp.id_of(menu), 'it went wrong', outcome, retry_after)
$$;
create function pg_temp.due_in(menu text) returns interval language sql as $$
    select d.due_at - clock_timestamp() from wedsync_data.deliveries as d where d.id = pg_temp.id_of(menu)
$$;

-- order
select pg_temp.tell('olivia', 'o low', 'low'), pg_temp.tell('olivia', 'o normal'), pg_temp.tell('olivia', 'o high', 'high');
select pg_temp.tell('emma', 'e low', 'low'), pg_temp.tell('emma', 'e normal'), pg_temp.tell('emma', 'e high', 'high');
update wedsync_data.deliveries as d set rank = wedsync_internal.delivery_rank(d.priority, d.couple_id = tap.couple('emma'));
select is(pg_temp.claim('one', 2), 'Menu: e high, Menu: e normal', 'weddings of the day come first, then priority');
select is(pg_temp.claim('two', 3), 'Menu: e low, Menu: o high, Menu: o normal', 'another worker gets the next ones');
select is(pg_temp.claim('two', 10, '{sms,push}'), null, 'only of the channels that it serves');
select is(pg_temp.claim('two'), 'Menu: o low', 'the last');
select is(pg_temp.claim('two'), null, 'each once');
select is(pg_temp.state('e high'), 'sending 1', 'it is being sent');

-- what is sent
select is(
    (select to_jsonb(d) - '{id,created_at,due_at,expires_at,notification_id,lease_until,user_id,couple_id,leased_by,needs,rank}'::text[]
    from wedsync_data.deliveries as d where d.id = pg_temp.id_of('e high')),
    '{"channel": "email", "kind": "menu_changed", "supplier_id": null, "contact_id": null, "target_id": null, "data": null, "priority": "high",
    "state": "sending", "attempts": 1, "last_error": null, "finished_at": null}', 'without an address or text of its own'
);
select is(wedsync_internal.finish_deliveries(tap.id('two'), array[pg_temp.id_of('e high')], '{5}'), 0, 'only the worker that has the lease can finish it');
select is(wedsync_internal.finish_deliveries(tap.id('one'), array[pg_temp.id_of('e high')], '{5}'), 1, 'it does');
select is(pg_temp.state('e high'), 'delivered 1', 'delivered');
select is(wedsync_internal.finish_deliveries(tap.id('one'), array[pg_temp.id_of('e high')], '{5}'), 0, 'once');

-- a worker that dies, and one that stops
select is(pg_temp.claim('two'), null, 'what the first worker still sends is not claimed');
update wedsync_data.deliveries set lease_until = clock_timestamp() - interval '1 second' where id = pg_temp.id_of('e normal');
select is(pg_temp.claim('two'), 'Menu: e normal', 'until its lease ends');
select is(pg_temp.state('e normal'), 'sending 2', 'for a second attempt');
select is(pg_temp.fail('e normal'), null, 'the first worker can say nothing of it any more');
select is(wedsync_internal.release_deliveries(tap.id('two')), 5, 'a worker that stops gives back what it has');
select is(pg_temp.claim('one', 1), 'Menu: e normal', 'for others at once');
select is(pg_temp.state('e normal'), 'sending 2', 'and that is no attempt');

-- failures
select is(pg_temp.fail('e normal'), 'waiting', 'a failure');
select ok(pg_temp.due_in('e normal') between interval '14 seconds' and interval '31 seconds', 'is tried again after a while: ' || pg_temp.due_in('e normal'));
select is(pg_temp.claim('one', 10), 'Menu: e low, Menu: o high, Menu: o normal, Menu: o low', 'and not before');
select is(pg_temp.fail('e low', 'failed', 600), 'waiting', 'a receiver may ask for time');
select ok(pg_temp.due_in('e low') between interval '590 seconds' and interval '601 seconds', 'and gets it');
select is(pg_temp.fail('o low', 'refused'), 'dead', 'a receiver may refuse for good');
update wedsync_data.deliveries set attempts = 8 where id = pg_temp.id_of('o normal');
select is(pg_temp.fail('o normal'), 'dead', 'and some day it is enough');
update wedsync_data.deliveries set expires_at = clock_timestamp() + interval '5 seconds' where id = pg_temp.id_of('o high');
select is(pg_temp.fail('o high'), 'expired', 'what would be late is not tried again');
update wedsync_data.deliveries set due_at = clock_timestamp(), attempts = 7 where id = pg_temp.id_of('e normal');
select pg_temp.claim('one');
update wedsync_data.notification_channels set max_attempts = 100;
update wedsync_data.deliveries set attempts = 30 where id = pg_temp.id_of('e normal');
select is(pg_temp.fail('e normal'), 'waiting', 'however often');
select ok(pg_temp.due_in('e normal') between interval '29 minutes' and interval '61 minutes', 'the pause has a limit');

-- dead letters
select is(
    (select array_agg(concat_ws(' ', r ->> 'title', r ->> 'state', r ->> 'reason') order by r ->> 'title')
    from tap.rows('olivia', 'select * from wedsync.failed_deliveries') as r),
    '{Menu: o high expired it went wrong,Menu: o low dead it went wrong,Menu: o normal dead it went wrong}', 'partners see what could not be delivered'
);
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.failed_deliveries')), 0::bigint, w.who || ' sees nothing of it')
from (values ('emma'), ('chef'), ('stranger')) as w (who);
select is(
    (select count(*) from tap.rows('olivia', 'select * from wedsync.notifications where kind = ''delivery_dead''')), 3::bigint,
    'and are told inside the application'
);
select is(tap.error(w.who, format('select wedsync.retry_delivery(%L)', pg_temp.id_of('o low'))) ->> 'sqlstate', 'PT404', w.who || ' cannot send it again')
from (values ('emma'), ('chef'), ('stranger')) as w (who);
select is(tap.error('olivia', format('select wedsync.retry_delivery(%L)', pg_temp.id_of('o low'))), null, 'they can send it again');
select is(pg_temp.state('o low'), 'waiting 0', 'from the start');
select is(tap.error('olivia', format('select wedsync.retry_delivery(%L)', pg_temp.id_of('o low'))) ->> 'sqlstate', 'PT409', 'once');
select is(pg_temp.claim(), 'Menu: o low', 'and it is sent');
update wedsync_data.deliveries set data = '{"code": "123456"}' where id = pg_temp.id_of('o low');
select is(wedsync_internal.finish_deliveries(tap.id('one'), array[pg_temp.id_of('o low')], '{5}'), 1, 'this time');
select is((select d.data from wedsync_data.deliveries as d where d.id = pg_temp.id_of('o low')), null, 'what it held is forgotten');

-- rights, addresses and hours of now
select pg_temp.tell('emma', 'late');
update wedsync_data.deliveries set expires_at = clock_timestamp() where id = pg_temp.id_of('late');
select is(pg_temp.claim(), null, 'what has expired is not sent');
select is(pg_temp.state('late'), 'expired 0', 'and says so');
select wedsync_internal.notify(tap.couple('emma'), 'menu_changed', '{"menu": "secret"}', jsonb_build_object('suppliers', array[tap.firm('chef')]));
select wedsync_internal.notify(tap.couple('emma'), 'menu_changed', '{"menu": "open"}', jsonb_build_object('suppliers', array[tap.firm('chef')]));
select is(pg_temp.claim('one', 1), 'Menu: secret', 'control: a supplier with the right');
select wedsync_internal.release_deliveries(tap.id('one'));
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.claim(), null, 'nothing is sent to whoever has lost the right since');
select is(pg_temp.state('secret'), 'cancelled 0', 'it is cancelled');
select pg_temp.tell('emma', 'nowhere');
update wedsync_data.users set email = null where id = tap.id('emma');
select is(pg_temp.claim(), null, 'nor without an address');
select is(pg_temp.state('nowhere'), 'cancelled 0', 'which is no failure');
update wedsync_data.users set email = 'emma@example.org' where id = tap.id('emma');
select pg_temp.tell('emma', 'quiet');
insert into wedsync_data.notification_addresses (owner_id, is_supplier, quiet_from, quiet_until)
values (tap.id('emma'), false, (now() at time zone 'UTC')::time - interval '1 hour', (now() at time zone 'UTC')::time + interval '1 hour');
select is(pg_temp.claim(), null, 'quiet hours that have begun since are kept');
select is(pg_temp.state('quiet'), 'waiting 0', 'it waits');
select ok(pg_temp.due_in('quiet') > interval '50 minutes', 'for their end');

-- a provider that fails: what waits is the fallback
update wedsync_data.notification_addresses set quiet_from = null, quiet_until = null;
delete from wedsync_data.deliveries;
select pg_temp.tell('emma', 'first'), pg_temp.tell('emma', 'second'), pg_temp.tell('emma', 'third');
update wedsync_data.integrations set failure_threshold = 1, wedding_day_threshold = 1, open_seconds = 30 where name = 'email';
select is(pg_temp.claim('one', 1), 'Menu: first', 'a provider fails');
select is(pg_temp.fail('first'), 'waiting', 'once too often');
select is((select b.state from wedsync_data.breakers as b where b.integration = 'email'), 'open', 'its breaker opens');
select is(pg_temp.claim(), null, 'nothing is sent');
select is(pg_temp.state('second'), 'waiting 0', 'what waits loses no attempt');
select ok(pg_temp.due_in('second') between interval '20 seconds' and interval '33 seconds', 'until the time of a probe');
update wedsync_data.deliveries set due_at = created_at;
update wedsync_data.breakers set retry_at = clock_timestamp() where state = 'open';
select is(pg_temp.claim(), 'Menu: first', 'which one delivery makes');
select is(wedsync_internal.finish_deliveries(tap.id('one'), array[pg_temp.id_of('first')], '{12}'), 1, 'it succeeds');
update wedsync_data.deliveries set due_at = created_at where state = 'waiting';
select is(pg_temp.claim(), 'Menu: second', 'then the others follow');
select is((select b.state from wedsync_data.breakers as b where b.integration = 'email'), 'half_open', 'one by one');
update wedsync_data.deliveries set due_at = clock_timestamp() + interval '10 minutes' where state = 'waiting';
select is(pg_temp.fail('second', 'refused'), 'dead', 'a receiver that refuses a delivery');
select is((select b.state from wedsync_data.breakers as b where b.integration = 'email'), 'closed', 'works');
select ok(pg_temp.due_in('third') <= interval '0', 'what has waited is due at once');

-- the operator, and the end of weddings
select results_eq(
    $$ select d.kind collate "default", d.data ->> 'integration' from wedsync_data.deliveries as d where d.channel = 'log' order by d.created_at $$,
    $$ values ('breaker_opened', 'email'), ('breaker_closed', 'email') $$, 'the operator is told of the breaker'
);
delete from wedsync_data.deliveries;
select tap.call(null, 'select wedsync.create_webhook_endpoint(''https://operator.example.org/hook'')', 'service_role');
select is(wedsync_internal.notify(null, 'breaker_opened', '{"integration": "sms"}'), 2, 'the operator is told of what is of no wedding');
select is(pg_temp.claim('one', 10, '{webhook,log}'), 'sms is failing, sms is failing', 'by server and log');
select is(
    wedsync_internal.finish_deliveries(tap.id('one'), array(
        select d.id from wedsync_data.deliveries as d where d.channel in ('log', 'webhook') order by d.channel
    ), '{1,20000}'), 2,
    'and both are recorded'
);
select is(
    (select jsonb_object_agg(c.integration, c.counts) from wedsync_data.integration_calls as c where c.integration <> 'email'),
    '{"webhook:operator.example.org": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]}', 'with the time of the call, which the log is not'
);
select pg_temp.tell('olivia', 'gone');
select tap.call(null, format('select wedsync.delete_wedding(%L)', tap.couple('olivia')), 'service_role');
select is((select count(*) from wedsync_data.deliveries as d where d.channel = 'email'), 0::bigint, 'with a wedding goes what waits for it');
update wedsync_data.deliveries set created_at = now() - interval '31 days'
where channel = 'log';
select is(wedsync_internal.prune_deliveries(), 1, 'what is finished is deleted after a month');
select is(
    tap.error(null, q.call, r.role) ->> 'sqlstate', '42501', r.role || ': ' || q.call
) from (values ('authenticated'), ('service_role')) as r (role)
cross join (values ('select * from wedsync_internal.claim_deliveries(gen_random_uuid(), ''{email}'', 1)')) as q (call);
select * from finish();
rollback;
