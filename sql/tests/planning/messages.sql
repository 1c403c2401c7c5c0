-- proves: F004-20, F004-64, F004-69, F004-79
-- Messages: only their sender and recipients read them.
begin;
select plan(75);
select tap.wedding('emma'), tap.wedding('zoe');
select tap.admit('emma', m.name, m.role)
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend'), ('rosa', 'friend')) as m (name, role);
select tap.supplier('cook', 'emma', '{basic}'), tap.supplier('band', 'emma', '{full}'), tap.supplier('florist', 'zoe', '{basic}'), tap.supplier('stranger');
select tap.hire('cook', 'waiter', 'staff');
select tap.join('cook', 'supplier_' || tap.firm('cook')), tap.join('band', 'supplier_' || tap.firm('band')), tap.join('james', 'user_' || tap.id('james')),
    tap.join('james', 'wedding:' || tap.couple('emma'));
create function pg_temp.send(body text, who text, audience jsonb, more text default '') returns text language plpgsql as $$
declare
    call constant text := format('select wedsync.send_message(%L, %L, %L%s)', tap.couple('emma'), body, audience, more);
    error constant jsonb := tap.error(who, call);
begin
    return coalesce(error ->> 'sqlstate' || coalesce(' ' || (error #>> '{detail,parameter}'), ''), 'sent');
end
$$;
create function pg_temp.id(body text) returns uuid language sql as $$ select m.id from wedsync_data.wedding_messages as m where m.body = $1 $$;
create function pg_temp.reads(who text) returns text[] language sql as $$
    select coalesce(array_agg(r ->> 'body' order by r ->> 'body'), '{}') from tap.rows(who, 'select * from wedsync.my_messages') as r
$$;
create function pg_temp.to_users(variadic names text[]) returns jsonb language sql as $$
    select jsonb_build_object('users', array(select tap.id(n) from unnest(names) as n))
$$;
create function pg_temp.to_firm(owner text) returns jsonb language sql as $$ select jsonb_build_object('suppliers', array[tap.firm(owner)]) $$;

-- who writes to whom
select tap.forget();
select is(pg_temp.send(s.body, s.who, s.audience, s.more), s.outcome, format('%s: %s', s.who, s.body)) from (values
    ('a surprise', 'emma', pg_temp.to_firm('cook'), ', ''For James''', 'sent'), ('hello fred', 'emma', pg_temp.to_users('fred'), '', 'sent'),
    ('to the couple', 'frank', '{"roles": ["partner"]}'::jsonb, '', 'sent'), ('to the planner', 'cook', pg_temp.to_users('paula'), '', 'sent'),
    ('well done', 'james', pg_temp.to_users('paula'), ', kind => ''feedback''', 'sent'),
    ('x', 'frank', pg_temp.to_users('fred'), '', '22023 audience'), ('x', 'frank', '{"roles": ["family"]}', '', '22023 audience'),
    ('x', 'frank', pg_temp.to_firm('cook'), '', '22023 audience'), ('x', 'cook', pg_temp.to_firm('band'), '', '22023 audience'),
    ('x', 'cook', pg_temp.to_users('frank'), '', '22023 audience'), ('x', 'emma', pg_temp.to_users('zoe'), '', '22023 audience'),
    ('x', 'emma', pg_temp.to_firm('florist'), '', '22023 audience'), ('x', 'emma', pg_temp.to_firm('stranger'), '', '22023 audience'),
    ('x', 'emma', pg_temp.to_users('emma'), '', '22023 audience'), ('x', 'emma', '{}', '', '22023 audience'), ('x', 'emma', null, '', '22023 audience'),
    ('x', 'emma', '{"users": ["nobody"]}', '', '22023 audience'), ('x', 'emma', '{"contacts": []}', '', '22023 audience'), ('x', 'emma', '[]', '',
        '22023 audience'),
    (' ', 'emma', pg_temp.to_users('fred'), '', '22023 body'), (repeat('x', 10001), 'emma', pg_temp.to_users('fred'), '', '22023 body'),
    (E'a\x01', 'emma', pg_temp.to_users('fred'), '', '22023 body'), ('x', 'emma', pg_temp.to_users('fred'), E', E''a\\nb''', '22023 subject'),
    ('x', 'emma', pg_temp.to_users('fred'), ', kind => ''announcement''', '22023 kind'), ('x', 'emma', pg_temp.to_users('fred'),
        ', priority => ''top''', '22023 priority'),
    ('x', 'frank', '{"roles": ["partner"]}', format(', supplier_id => %L', tap.firm('cook')), '22023 supplier_id'),
    ('x', 'stranger', '{"roles": ["partner"]}', '', 'PT404'), ('x', 'zoe', '{"roles": ["partner"]}', '', 'PT404')
) as s (body, who, audience, more, outcome);
select is((select count(*) from wedsync_data.wedding_messages), 5::bigint, 'what is refused is not stored');

-- who reads
select is(pg_temp.reads(w.who), w.bodies, w.who || ' reads') from (values
    ('emma', '{"a surprise","hello fred","to the couple"}'::text[]), ('james', '{"to the couple","well done"}'), ('paula', '{"to the planner","well done"}'),
    ('fred', '{"hello fred"}'), ('frank', '{"to the couple"}'), ('rosa', '{}'), ('cook', '{"a surprise","to the planner"}'),
    ('waiter', '{"a surprise","to the planner"}'), ('band', '{}'), ('stranger', '{}'), ('zoe', '{}')
) as w (who, bodies);
select is((select count(*) from tap.rows('james', 'select * from wedsync.my_messages where body like ''a surprise''')), 0::bigint,
    'a partner reads no surprise');
select is(
    (select array_agg(h.payload ->> 'event' || ' ' || (h.payload #>> '{payload,body}')) from tap.heard('cook', 'supplier_' || tap.firm('cook')) as h
        where h.payload ->> 'event' = 'message_sent' and h.payload #>> '{payload,body}' = 'a surprise'),
    '{"message_sent a surprise"}', 'the recipient hears it at once'
);
select is((select count(*) from tap.heard('band', 'supplier_' || tap.firm('band')) as h), 0::bigint, 'another supplier does not');
select is(
    (select count(*) from wedsync_data.messages as m where m.payload::text like '%a surprise%' and m.topic not in ('supplier_' || tap.firm('cook'),
        'user_' || tap.id('emma'))),
    0::bigint, 'on no other channel'
);
select is((select count(*) from wedsync_data.events as e where e.record::text || coalesce(e.old_record::text, '') like '%surprise%'), 0::bigint,
    'and in no event of the wedding');
select is(
    (select array_agg(n.message) from wedsync_data.notifications as n where n.supplier_id = tap.firm('cook') and n.kind = 'message_received'),
    '{"For James: a surprise"}', 'the recipient is notified'
);

-- replies
select is(pg_temp.send('no nuts', 'cook', null, format(', reply_to => %L', pg_temp.id('a surprise'))), 'sent', 'a reply goes to whom the message is from');
select is((select array_agg(r.recipient_id) from wedsync_data.wedding_message_recipients as r where r.message_id = pg_temp.id('no nuts')),
    array[tap.id('emma')], 'and to nobody else');
select is(pg_temp.send('thanks', 'fred', pg_temp.to_users('emma'), format(', reply_to => %L', pg_temp.id('a surprise'))), '22023 reply_to',
    'nobody answers what others have received');

-- for a supplier
select tap.hire('cook', 'rosa', 'staff');
select is(pg_temp.send('menu', 'rosa', '{"roles": ["partner"]}', format(', supplier_id => %L', tap.firm('cook'))), 'sent',
    'a friend who works for the cook writes for it');
select is(pg_temp.reads('waiter') @> '{menu}', true, 'which colleagues read');
select tap.call('cook', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('cook'), tap.id('rosa')));
select is(pg_temp.reads('rosa'), '{}', 'and who has left the supplier does not');

-- reading marks
create function pg_temp.mark(who text, body text) returns integer language sql as $$
    select tap.call(who, format('select wedsync.mark_messages_read(%L, %L)', tap.couple('emma'), array[pg_temp.id(body)]))::integer
$$;
select is(pg_temp.mark(m.who, m.body), m.n, format('%s marks %s', m.who, m.body))
from (values ('waiter', 'a surprise', 1), ('cook', 'a surprise', 0), ('james', 'a surprise', 0), ('emma', 'a surprise', 0), ('james', 'to the couple',
    1)) as m (who, body, n);
create function pg_temp.readers(who text, body text, more text default '') returns text language sql as $$
    select coalesce(
        tap.error(who, format('select * from wedsync.message_readers(%L, %L%s)', tap.couple('emma'), pg_temp.id(body), more)) ->> 'sqlstate',
        (select string_agg(r ->> 'recipient_id', ' ' order by r ->> 'recipient_id') || ' ' || count(r ->> 'read_at')
            from tap.rows(who, format('select * from wedsync.message_readers(%L, %L%s)', tap.couple('emma'), pg_temp.id(body), more)) as r)
    )
$$;
select is(pg_temp.readers('frank', 'to the couple') like '% 1', true, 'the sender sees that one of two has read it');
select is(pg_temp.readers('emma', 'to the couple'), 'PT404', 'a recipient does not');
select is(pg_temp.readers('frank', 'to the couple', ', 1') !~ ' .* ', true, 'page by page');

-- announcements
create function pg_temp.announce(who text, more text default '') returns text language sql as $$
    select coalesce(
        tap.error(who, format('select wedsync.broadcast_to_wedding_party(%L, ''Party!''%s)', tap.couple('emma'), more)) ->> 'sqlstate',
        tap.call(who, format('select wedsync.broadcast_to_wedding_party(%L, ''Party!''%s) ->> ''recipients''', tap.couple('emma'), more))
    )
$$;
select is(pg_temp.announce(a.who, a.more), a.outcome, a.who || ' announces' || a.more) from (values
    ('emma', '', '5'), ('paula', ', ''{friend}''', '2'), ('emma', ', ''{}'', with_suppliers => true', '2'), ('emma', ', ''{}''', '22023'),
    ('emma', ', ''{guest}''', '22023'), ('fred', '', '42501'), ('cook', '', '42501'), ('stranger', '', 'PT404')
) as a (who, more, outcome);

-- who leaves reads nothing, and what is retracted is gone
select is(tap.error('cook', format('select wedsync.retract_message(%L, %L)', tap.couple('emma'), pg_temp.id('a surprise'))) ->> 'sqlstate', 'PT404',
    'recipients retract nothing');
insert into wedsync_data.deliveries (couple_id, notification_id, channel, kind, supplier_id, rank, expires_at)
select n.couple_id, n.id, 'email', n.kind, n.supplier_id, 4, now() + interval '1 day'
from wedsync_data.notifications as n where n.supplier_id = tap.firm('cook') and n.message like '%surprise%';
select tap.forget();
select tap.call('emma', format('select wedsync.retract_message(%L, %L)', tap.couple('emma'), pg_temp.id('a surprise')));
select is(
    (select array_agg(h.payload ->> 'event') from tap.heard('cook', 'supplier_' || tap.firm('cook')) as h), '{message_retracted}',
        'the recipient hears that a message is gone'
);
select is(
    (select count(*) from wedsync_data.notifications as n where n.message like '%surprise%') + (select count(*) from wedsync_data.deliveries as d
        where d.supplier_id = tap.firm('cook') and d.rank = 4) + (select count(*) from tap.rows('cook',
        'select * from wedsync.my_messages where body = ''a surprise''')),
    0::bigint, 'a retracted message is gone with its notifications'
);
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('cook')));
select is(pg_temp.reads(w.who), '{}', w.who || ' has left and reads nothing') from (values ('fred'), ('cook'), ('waiter')) as w (who);
update wedsync_data.settings set value = '1' where name = 'messages_per_day';
select is(pg_temp.send('x', 'paula', pg_temp.to_users('emma')), 'PT409', 'so many messages a day');
select * from finish();
rollback;
