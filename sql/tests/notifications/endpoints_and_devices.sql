-- proves: F001-40
-- Who may create, see and change outgoing webhooks and browsers; secrets are shown once, and rotated.
begin;
select plan(50);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('paula'), 'planner'), 'service_role');
select tap.supplier('chef', 'emma', '{guest_numbers}');
select tap.hire('chef', 'sam', 'staff');
create function pg_temp.made(who text, more text, role text default 'authenticated') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.create_webhook_endpoint(''https://hooks.example.org/a?b=c''%s)', more), role)::jsonb
$$;
create temporary table made on commit drop as
select 'couple' as owner, pg_temp.made('emma', format(', couple_id => %L', tap.couple('emma'))) as answer
union all select 'supplier', pg_temp.made('chef', format(', supplier_id => %L', tap.firm('chef')))
union all select 'operator', pg_temp.made(null, '', 'service_role');
grant select on made to public;
select matches(m.answer ->> 'secret', '^whsec_[A-Za-z0-9+/]{43}=$', 'a secret for the ' || m.owner) from made as m;
select is((select count(distinct m.answer ->> 'secret') from made as m), 3::bigint, 'each its own');
select is((select array_agg(m.owner order by m.owner) from made as m where m.answer ->> 'id' in (
    select r ->> 'id' from tap.rows(w.who, 'select * from wedsync.webhook_endpoints', w.role) as r
)), w.sees, coalesce(w.who, w.role) || ' sees') from (values
    ('emma', 'authenticated', '{couple}'::text[]), ('chef', 'authenticated', '{supplier}'), ('paula', 'authenticated', null), ('sam', 'authenticated', null),
    ('stranger', 'authenticated', null), (null, 'service_role', '{couple,operator,supplier}')
) as w (who, role, sees);
select is_empty(
    $$ select a.attname from pg_attribute as a where a.attrelid = 'wedsync.webhook_endpoints'::regclass and a.attname in ('secret', 'old_secret') $$,
    'nobody sees a secret again'
);
select ok(not has_table_privilege(r.role, 'wedsync_data.webhook_endpoints', 'select'), r.role || ' cannot read the table')
from (values ('service_role'), ('wedsync_worker'), ('authenticated')) as r (role);
select is(tap.error(w.who, format('select wedsync.create_webhook_endpoint(%L, %L, %L, %L)', w.url, w.couple, w.firm, w.kinds)) ->> 'sqlstate', w.state, w.what)
from (
    values
    ('paula', 'https://a.example.org', tap.couple('emma'), null::uuid, null::text[], '42501', 'a planner does not create one'),
    ('stranger', 'https://a.example.org', tap.couple('emma'), null, null, 'PT404', 'nor a stranger'),
    ('sam', 'https://a.example.org', null, tap.firm('chef'), null, '42501', 'nor staff'),
    ('emma', 'https://a.example.org', null, tap.firm('chef'), null, 'PT404', 'nor a couple for a supplier'),
    ('emma', 'https://a.example.org', null, null, null, '22023', 'nor people for the operator'),
    ('emma', 'http://a.example.org', tap.couple('emma'), null, null, '22023', 'without encryption'),
    ('emma', 'https://user:word@a.example.org', tap.couple('emma'), null, null, '22023', 'with a password in the address'),
    ('emma', 'ftp://a.example.org', tap.couple('emma'), null, null, '22023', 'by another protocol'),
    ('emma', E'https://a.example.org/\nX: y', tap.couple('emma'), null, null, '22023', 'with a line break'),
    ('emma', 'https://a.example.org', tap.couple('emma'), null, '{no_such}', '22023', 'for what does not exist')
) as w (who, url, couple, firm, kinds, state, what);

-- rotation: both secrets sign for a while
create function pg_temp.facts(channel text, target uuid, recipient uuid default null, needs text default '0') returns table (is_allowed boolean, target jsonb)
language sql as $$
    select f.is_allowed, f.target from wedsync_internal.delivery_facts(array[row(
        gen_random_uuid(), tap.couple('emma'), null, channel, 'x', null, recipient, null, target, repeat(needs, 128)::bit(128), null, 'normal', 0, 'waiting',
        now(), now(), 0, null, null, null, now(), null
    )::wedsync_data.deliveries]) as f
$$;
create function pg_temp.secrets() returns jsonb language sql as $$
    select f.target -> 'secrets' from made as m cross join lateral pg_temp.facts('webhook', (m.answer ->> 'id')::uuid) as f where m.owner = 'couple'
$$;
select is(
    (select array_agg(f.is_allowed order by n.needs) from (values ('0'), ('1')) as n (needs)
        cross join lateral pg_temp.facts('webhook', (m.answer ->> 'id')::uuid, null, n.needs) as f),
    '{t,f}', 'what partners may not read is not sent'
) from made as m where m.owner = 'couple';
select is(pg_temp.secrets(), jsonb_build_array(m.answer -> 'secret'), 'one signature') from made as m where m.owner = 'couple';
create temporary table fresh on commit drop as
select tap.call('emma', format('select wedsync.rotate_webhook_secret(%L)', m.answer ->> 'id')) as secret from made as m where m.owner = 'couple';
select is(pg_temp.secrets(), jsonb_build_array(f.secret, m.answer -> 'secret'), 'after rotation two') from made as m, fresh as f where m.owner = 'couple';
update wedsync_data.webhook_endpoints set old_secret_until = now() where old_secret is not null;
select is(pg_temp.secrets(), jsonb_build_array(f.secret), 'then the new one alone') from fresh as f;
select isnt(tap.call('emma', format('select wedsync.rotate_webhook_secret(%L, 0)', m.answer ->> 'id')), null, 'at once, where the old one has leaked')
from made as m where m.owner = 'couple';
select is(jsonb_array_length(pg_temp.secrets()), 1, 'without the old one');
select is(tap.error(w.who, format('select wedsync.%s(%L)', w.function, m.answer ->> 'id')) ->> 'sqlstate', w.state, w.who || ' ' || w.function) from made as m
cross join (values
    ('paula', 'rotate_webhook_secret', '42501'), ('chef', 'delete_webhook_endpoint', 'PT404'), ('stranger', 'enable_webhook_endpoint', 'PT404')
) as w (who, function, state) where m.owner = 'couple';
select is(tap.error('emma', format('select wedsync.delete_webhook_endpoint(%L)', m.answer ->> 'id')) ->> 'sqlstate', 'PT404', 'the operator''s is nobody''s')
from made as m where m.owner = 'operator';

-- a receiver that has ended
insert into wedsync_data.deliveries (couple_id, channel, kind, target_id, rank, expires_at)
select tap.couple('emma'), 'webhook', 'website_updated', (m.answer ->> 'id')::uuid, 3, now() + interval '1 day' from made as m where m.owner = 'couple';
select is((select count(*) from wedsync_internal.claim_deliveries(tap.id('one'), '{webhook}', 10)), 1::bigint, 'a delivery');
select is(wedsync_internal.fail_delivery(tap.id('one'), d.id, 'answered 410', 'gone'), 'dead', 'to nobody') from wedsync_data.deliveries as d
where d.state = 'sending';
select is(
    (select r ->> 'disabled_reason' from tap.rows('emma', 'select * from wedsync.webhook_endpoints') as r), 'answered 410', 'disables the endpoint'
);
select is(pg_temp.secrets(), '[]', 'to which nothing is sent');
select is(
    (select array_agg(r ->> 'title') from tap.rows('emma', 'select * from wedsync.notifications') as r),
    '{An outgoing webhook was disabled: hooks.example.org}', 'and its owner is told'
);
select is(tap.error('emma', format('select wedsync.enable_webhook_endpoint(%L)', m.answer ->> 'id')), null, 'who can enable it again')
from made as m where m.owner = 'couple';
select is((select count(*) from tap.rows('emma', 'select * from wedsync.webhook_endpoints where disabled_at is null')), 1::bigint, 'as before');
select is(tap.error('emma', format('select wedsync.delete_webhook_endpoint(%L)', m.answer ->> 'id')), null, 'or delete it')
from made as m where m.owner = 'couple';

-- browsers
create function pg_temp.browser(who text, n text) returns text language sql as $$
    select tap.call(who, format('select wedsync.add_push_device(%L)', jsonb_build_object(
        'endpoint', 'https://push.example.org/' || n, 'keys', jsonb_build_object('p256dh', repeat('B', 87), 'auth', repeat('a', 22))
    )))
$$;
select isnt(pg_temp.browser('emma', 'x'), null, 'a browser');
select isnt(pg_temp.browser('paula', 'x'), null, 'of whoever used it last');
select is((select array_agg(distinct d.user_id) from wedsync_data.push_devices as d), array[tap.id('paula')], 'and nobody else');
select is(
    (select array_agg(f.target ->> 'endpoint') from (values ('emma'), ('paula')) as w (who)
        cross join lateral pg_temp.facts('push', d.id, tap.id(w.who)) as f),
    '{NULL,https://push.example.org/x}', 'so that what is for the one is not shown to the other'
) from wedsync_data.push_devices as d;
select is(tap.error('emma', format('select wedsync.remove_push_device(%L)', d.id)) ->> 'sqlstate', 'PT404', 'nor can the one remove it')
from wedsync_data.push_devices as d;
update wedsync_data.settings set value = '2' where name in ('push_devices_per_user', 'webhook_endpoints_per_owner');
select isnt(pg_temp.browser('paula', 'y'), null, 'a second browser');
select is(
    tap.error('paula', format('select wedsync.add_push_device(%L)', jsonb_build_object(
        'endpoint', 'https://push.example.org/z', 'keys', jsonb_build_object('p256dh', repeat('B', 87), 'auth', repeat('a', 22))
    ))) #>> '{detail,setting}', 'push_devices_per_user', 'and no more than there may be'
);
select is(
    (select array_agg(tap.error('emma', format('select wedsync.create_webhook_endpoint(''https://a.example.org'', %L)', tap.couple('emma')))
        #>> '{detail,setting}' order by i) from generate_series(1, 3) as i),
    '{NULL,NULL,webhook_endpoints_per_owner}', 'nor more endpoints'
);
select * from finish();
rollback;
