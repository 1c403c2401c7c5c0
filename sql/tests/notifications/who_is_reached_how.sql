-- proves: F001-36, F001-37, F001-38, F000-55
-- What is told is queued for the channels that fit: by kind, choice, tier, priority, address and quiet hours; endpoints and devices each get their own.
begin;
select plan(39);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner')) as m (name, role);
select tap.supplier('chef', 'emma', '{guest_numbers}');
update wedsync_data.users set email = u.address
from (values (tap.id('emma'), 'emma@example.org'), (tap.id('chef'), 'chef@example.org')) as u (id, address) where users.id = u.id;
insert into wedsync_data.users (id, email) values (tap.id('paula'), 'paula@example.org') on conflict (id) do update set email = excluded.email;
insert into wedsync_data.notification_kinds (kind, audience, channels, rights, placeholders, description) values
('menu_changed', '{"roles": ["partner", "planner"]}', '{email,push,webhook}', '{wedding.guestCount.adults}', '{menu}', 'x'),
('quiet_kind', '{"roles": ["partner"]}', '{}', '{}', '{}', 'x');
insert into wedsync_data.notification_templates (kind, language, subject, body) values
('menu_changed', 'en', 'Menu: {menu}', 'The menu is {menu}'), ('quiet_kind', 'en', 'x', 'x');
update wedsync_data.notification_channels set is_enabled = true;
create function pg_temp.queued(kind text default 'menu_changed', priority text default null, audience jsonb default null) returns text language plpgsql as $$
declare
    found text;
begin
    delete from wedsync_data.deliveries;
    perform wedsync_internal.notify(tap.couple('emma'), kind, '{"menu": "soup"}', audience, null, priority);
    select string_agg(d.channel || ' ' || coalesce(p.name, 'couple'), ', ' order by d.channel, p.name) into found
    from wedsync_data.deliveries as d
    left join (
        select tap.id(n) as id, n as name from unnest('{emma,james,paula}'::text[]) as n
        union all select tap.firm('chef'), 'chef'
    ) as p on p.id = coalesce(d.supplier_id, d.user_id);
    return found;
end
$$;
create function pg_temp.choose(who text, choices text) returns text language sql as $$
    select tap.call(who, format('select wedsync.choose_notifications(%L, %L)', tap.couple('emma'), choices))
$$;
select is(pg_temp.queued(), 'email emma, email paula', 'e-mail is for all who have an address');
select is(pg_temp.queued('quiet_kind'), null, 'what is told inside the application only is not sent');
select is(pg_temp.queued('menu_changed', null, jsonb_build_object('suppliers', array[tap.firm('chef')])), 'email chef', 'suppliers too, by their owner');

-- choices
select is(pg_temp.choose('emma', '{"*": {"email": false}}')::jsonb, '{"*": {"email": false}}', 'somebody wants no e-mail');
select is(pg_temp.queued(), 'email paula', 'and gets none');
select is(pg_temp.choose('emma', '{"menu_changed": {"email": true}}')::jsonb, '{"*": {"email": false}, "menu_changed": {"email": true}}', 'but for one kind');
select is(pg_temp.queued(), 'email emma, email paula', 'which is sent');
select is(
    pg_temp.choose('emma', '{"menu_changed": null, "quiet_kind": {"email": true}}')::jsonb, '{"*": {"email": false}, "quiet_kind": {"email": true}}', 'changed'
);
select is(pg_temp.queued('quiet_kind'), 'email emma', 'what is not sent by default can be wanted');
select is((select count(*) from tap.rows('emma', 'select * from wedsync.notification_preferences')), 1::bigint, 'people see their choices');
select is((select count(*) from tap.rows('paula', 'select * from wedsync.notification_preferences')), 0::bigint, 'and nobody else''s');
select is(
    tap.error(b.who, format('select wedsync.choose_notifications(%L, %L, %L)', tap.couple('emma'), b.choices, b.firm)) ->> 'sqlstate', b.state, b.choices
) from (values
    ('emma', '{"no_such": {"email": true}}', null::uuid, '22023'), ('emma', '{"menu_changed": {"pigeon": true}}', null, '22023'),
    ('emma', '{"menu_changed": {"email": "yes"}}', null, '22023'), ('emma', '[]', null, '22023'), ('emma', '{"*": 1}', null, '22023'),
    ('stranger', '{}', null, 'PT404'), ('emma', '{}', tap.firm('chef'), 'PT404'), ('chef', '{}', tap.firm('chef'), null)
) as b (who, choices, firm, state);
delete from wedsync_data.notification_preferences;

-- SMS: premium and urgent only, to a number that is verified
insert into wedsync_data.notification_addresses (owner_id, is_supplier, phone, phone_verified_at) values
(tap.id('emma'), false, '+447700900123', now()), (tap.id('paula'), false, '+447700900124', null), (tap.firm('chef'), true, '+447700900125', now());
select is(pg_temp.queued('menu_changed', 'high'), 'email emma, email paula', 'no SMS for a standard wedding');
update wedsync_data.weddings set tier = 'premium' where id = tap.couple('emma');
select is(pg_temp.queued('menu_changed', 'normal'), 'email emma, email paula', 'nor for what is not urgent');
update wedsync_data.notification_kinds set channels = '{email,sms}' where kind = 'menu_changed';
select is(pg_temp.queued('menu_changed', 'normal'), 'email emma, email paula', 'even where the kind has that channel');
update wedsync_data.notification_kinds set channels = '{email,push,webhook}' where kind = 'menu_changed';
select is(pg_temp.queued('menu_changed', 'high'), 'email emma, email paula, sms emma', 'premium and urgent: to the number that is verified');
update wedsync_data.weddings set tier = 'standard' where id = tap.couple('emma');
update wedsync_data.suppliers set tier = 'enterprise' where id = tap.firm('chef');
select is(
    pg_temp.queued('menu_changed', 'high', jsonb_build_object('suppliers', array[tap.firm('chef')], 'users', array[tap.id('emma')])),
    'email chef, email emma, sms chef', 'or a supplier that pays for it'
);

-- endpoints and devices
select tap.call('emma', format('select wedsync.create_webhook_endpoint(''https://couple.example.org/hook'', couple_id => %L)', tap.couple('emma')));
select tap.call('chef', format(
    'select wedsync.create_webhook_endpoint(''https://chef.example.org/hook'', supplier_id => %L, kinds => ''{menu_changed}'')', tap.firm('chef')
));
select is(pg_temp.queued(), 'email emma, email paula, webhook couple', 'the couple''s server is told once of what both partners are told');
select is(
    pg_temp.queued('menu_changed', null, jsonb_build_object('suppliers', array[tap.firm('chef')])), 'email chef, webhook chef', 'the supplier''s of its own'
);
update wedsync_data.webhook_endpoints set kinds = '{quiet_kind}';
select is(pg_temp.queued('menu_changed', null, jsonb_build_object('suppliers', array[tap.firm('chef')])), 'email chef', 'of the kinds that it wants');
delete from wedsync_data.webhook_endpoints;
select isnt(tap.call('emma', format('select wedsync.add_push_device(%L)', format(
    '{"endpoint": "https://push.example.org/%s", "keys": {"p256dh": "%s", "auth": "%s"}}', i, repeat('B', 87), repeat('a', 22)
))), null, 'a browser') from generate_series(1, 2) as i;
select is(pg_temp.queued(), 'email emma, email paula, push emma, push emma', 'each browser');

-- quiet hours, in the person's own zone, past midnight
update wedsync_data.notification_addresses set time_zone = 'Europe/Berlin', quiet_from = '22:00', quiet_until = '07:00' where owner_id = tap.id('emma');
select is(wedsync_internal.quiet_until(tap.id('emma'), q.at::timestamptz), q.until::timestamptz, 'quiet at ' || q.at) from (values
    ('2026-06-01 21:59 Europe/Berlin', null), ('2026-06-01 22:00 Europe/Berlin', '2026-06-02 07:00 Europe/Berlin'),
    ('2026-06-02 06:59 Europe/Berlin', '2026-06-02 07:00 Europe/Berlin'), ('2026-06-02 07:00 Europe/Berlin', null),
    -- the night in which clocks go back has an hour more
    ('2026-10-24 22:00 Europe/Berlin', '2026-10-25 06:00 UTC')
) as q (at, until);
update wedsync_data.notification_addresses
set time_zone = 'UTC', quiet_from = (now() at time zone 'UTC')::time - interval '1 hour', quiet_until = (now() at time zone 'UTC')::time + interval '1 hour'
where owner_id = tap.id('emma');
select is(pg_temp.queued(), 'email emma, email paula, push emma, push emma', 'in quiet hours it is queued');
select is(
    (select array_agg(distinct d.due_at > now() + interval '50 minutes') from wedsync_data.deliveries as d where d.user_id = tap.id('emma')), '{t}', 'for later'
);
select is(pg_temp.queued('menu_changed', 'high'), 'email emma, email paula, push emma, push emma', 'what is urgent');
select is((select bool_or(d.due_at > now() + interval '1 minute') from wedsync_data.deliveries as d), false, 'is sent at once');
select * from finish();
rollback;
