-- proves: F000-55
-- Helpers without a login are reached by what the couple knows of them; nothing is kept of, or sent to, whoever was deleted. The queue shows its health.
begin;
select plan(28);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{guest_numbers}');
delete from wedsync_data.deliveries;
insert into wedsync_data.helper_contacts (couple_id, id, name, email, phone, language) values
(tap.couple('emma'), tap.id('ada'), 'Ada', 'ada@example.org', '+447700900123', 'de'),
(tap.couple('olivia'), tap.id('bob'), 'Bob', 'bob@example.org', null, null);
create function pg_temp.tell(contact text, kind text default 'task_assigned') returns integer language sql as $$
    select wedsync_internal.notify(
        tap.couple('emma'), kind, '{"task": "rings", "due": "Friday", "who": "Ada", "answer": "accepted"}',
        jsonb_build_object('contacts', array[tap.id(contact)])
    )
$$;
create function pg_temp.claim() returns text language sql as $$
    select string_agg(concat_ws(' ', c.channel, c.target ->> 'to', c.subject), ', ' order by c.channel)
    from wedsync_internal.claim_deliveries(tap.id('one'), '{email,sms}', 10) as c
$$;
select is(pg_temp.tell('ada'), 1, 'a helper is told');
select is(pg_temp.claim(), 'email ada@example.org Eine Aufgabe für dich: rings', 'by e-mail, in her language');
select wedsync_internal.release_deliveries(tap.id('one'));
select is(pg_temp.tell('bob'), 0, 'no helper of another wedding');
select is(pg_temp.tell('nobody'), 0, 'nor one who does not exist');
select is(pg_temp.tell('ada', 'task_answered'), 0, 'nor of what is not for helpers');
select is((select count(*) from tap.rows('emma', 'select * from wedsync.notifications')), 0::bigint, 'what a helper is told is nobody else''s');
select is(
    (select count(*) from wedsync_data.messages as m where m.event = 'notification' and m.payload ->> 'couple_id' = tap.couple('emma')::text), 0::bigint,
    'it is on no channel'
);

-- addresses of helpers are not verified, so that their number is limited
delete from wedsync_data.deliveries;
update wedsync_data.settings set value = '3' where name = 'helper_messages_per_day';
select is((select array_agg(pg_temp.tell('ada')) from generate_series(1, 5)), '{1,1,1,1,1}', 'a couple tells a helper again and again');
create function pg_temp.queued() returns text language sql as $$
    select string_agg(q.line, ', ') from (
        select concat_ws(' ', count(*), d.state, d.last_error) as line from wedsync_data.deliveries as d group by d.state, d.last_error order by 1 desc
    ) as q
$$;
select is(pg_temp.queued(), '3 waiting, 2 dead too many messages to helpers in a day', 'so many a day are sent to addresses that nobody has verified');
select is(
    (select array_agg(distinct f ->> 'reason') from tap.rows('emma', 'select * from wedsync.failed_deliveries') as f),
    '{too many messages to helpers in a day}',
    'partners see the others'
);
create function pg_temp.retried() returns text language sql as $$
    select tap.error('emma', format('select wedsync.retry_delivery(%L)', d.id)) ->> 'sqlstate' from wedsync_data.deliveries as d where d.state = 'dead' limit 1
$$;
select is(pg_temp.retried(), 'PT409', 'and cannot send them the same day');
select wedsync_internal.notify(tap.couple('emma'), 'task_assigned', '{"task": "rings", "due": null}', jsonb_build_object('users', array[tap.id('emma')]));
select is((select count(*) from wedsync_data.deliveries as d where d.contact_id is null and d.state = 'dead'), 0::bigint, 'nobody else is limited by this');
update wedsync_data.deliveries set due_at = due_at - interval '25 hours' where state = 'waiting';
select is(pg_temp.retried(), null, 'but the next');
delete from wedsync_data.deliveries;
select pg_temp.tell('ada');
update wedsync_data.helper_contacts set email = null where id = tap.id('ada');
select is(pg_temp.claim(), null, 'an address that was deleted since is not used');
select is((select array_agg(d.state) from wedsync_data.deliveries as d), '{cancelled}', 'and nothing waits for it');

-- people and suppliers that are deleted
update wedsync_data.users set email = 'somebody@example.org';
insert into wedsync_data.notification_addresses (owner_id, is_supplier) values (tap.id('emma'), false), (tap.id('chef'), false), (tap.firm('chef'), true);
insert into wedsync_data.notification_preferences (couple_id, owner_id) values (tap.couple('emma'), tap.id('emma')), (tap.couple('emma'), tap.firm('chef'));
insert into wedsync_data.address_checks (owner_id, target, secret, expires_at) values (tap.id('emma'), 'email', '', now());
insert into wedsync_data.push_devices (user_id, endpoint, p256dh, auth) values (tap.id('emma'), 'https://push.example.org/1', repeat('B', 87), repeat('a', 22));
select wedsync_internal.notify(tap.couple('emma'), 'task_assigned', '{"task": "rings", "due": null}', jsonb_build_object(
    'users', array[tap.id('emma')], 'suppliers', array[tap.firm('chef')]
));
create function pg_temp.kept(who uuid) returns bigint language sql as $$
    select (select count(*) from wedsync_data.notification_addresses as a where a.owner_id = who)
        + (select count(*) from wedsync_data.notification_preferences as p where p.owner_id = who)
        + (select count(*) from wedsync_data.address_checks as c where c.owner_id = who)
        + (select count(*) from wedsync_data.push_devices as d where d.user_id = who)
        + (select count(*) from wedsync_data.notifications as n where n.recipient_id = who)
        + (select count(*) from wedsync_data.deliveries as d where who in (d.user_id, d.supplier_id))
        + (select count(*) from wedsync_data.messages as m where m.topic = 'user_' || who)
$$;
select cmp_ok(pg_temp.kept(tap.id('emma')), '>=', 7::bigint, 'control: much is known of a user');
delete from wedsync_data.users as u where u.id = tap.id('emma');
select is(pg_temp.kept(tap.id('emma')), 0::bigint, 'nothing of a deleted one');
create temporary table firm on commit drop as select tap.firm('chef') as id;
select cmp_ok(pg_temp.kept(f.id), '>=', 4::bigint, 'control: and of a supplier') from firm as f;
delete from wedsync_data.suppliers as s where s.id = tap.firm('chef');
select is(pg_temp.kept(f.id), 0::bigint, 'nothing of a deleted one either') from firm as f;

-- the doctor's look
delete from wedsync_data.deliveries;
create function pg_temp.health() returns text language sql as $$
    select c.status || ': ' || c.detail from wedsync_internal.check_deliveries() as c
$$;
select is(pg_temp.health(), 'ok: 0 waiting', 'an empty queue is well');
insert into wedsync_data.deliveries (channel, kind, rank, expires_at) values ('email', 'menu', 3, now() + interval '1 day');
select is(pg_temp.health(), 'ok: 1 waiting', 'as is what was just queued');
update wedsync_data.deliveries set due_at = now() - interval '12 minutes';
select is(pg_temp.health(), 'warning: 1 waiting, email late by 12 min', 'what nobody sends is seen');
update wedsync_data.deliveries set state = 'dead', finished_at = now() - interval '1 hour';
select is(pg_temp.health(), 'warning: 0 waiting, 1 given up in the last day', 'as is what was given up');
update wedsync_data.deliveries set finished_at = now() - interval '2 days';
select is(pg_temp.health(), 'ok: 0 waiting', 'for a day');

-- kinds and texts belong together
select is_empty($$ select k.kind from wedsync_data.notification_kinds as k where not exists (
    select from wedsync_data.notification_templates as t where t.kind = k.kind and t.channel = 'in_app' and t.language = 'en'
) $$, 'every kind has an English text');
select is_empty($$
    select t.kind, t.language, p.words[1] from wedsync_data.notification_templates as t
    join wedsync_data.notification_kinds as k on k.kind = t.kind
    cross join lateral regexp_matches(t.subject || t.body, '\{([a-z0-9_]+)\}', 'g') as p (words)
    where p.words[1] <> all (k.placeholders)
$$, 'no text uses what a call need not give');
select is_empty($$
    select k.kind, n.name from wedsync_data.notification_kinds as k cross join lateral unnest(k.rights) as n (name)
    where n.name not in (select r.name from wedsync_data.rights as r)
$$, 'the rights of kinds exist');
select throws_ok(
    $$ insert into wedsync_data.notification_templates (kind, language, subject, body) values ('menu', 'en', 'A {', 'x') $$, '23514', null,
    'a text with half a placeholder is refused'
);
select * from finish();
rollback;
