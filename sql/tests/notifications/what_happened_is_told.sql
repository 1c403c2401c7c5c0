-- proves: F001-39, F001-41, F000-54
-- One call states what happened. Everybody of the audience who may read what it is about is told: stored, unread, in their language, and heard.
begin;
select plan(30);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('chef', 'emma', '{guest_numbers}');
select tap.supplier('baker', 'emma', '{basic}');
select tap.supplier('dj');
insert into wedsync_data.notification_kinds (kind, audience, channels, rights, placeholders, description) values
('menu_changed', '{"roles": ["partner", "planner"]}', '{}', '{wedding.guestCount.adults}', '{menu}', 'x'),
('unreadable', '{"roles": ["partner"]}', '{}', '{no.such.right}', '{}', 'x'),
('budget_changed', '{"roles": ["partner", "family"]}', '{}', '{budget.total}', '{}', 'x');
insert into wedsync_data.notification_templates (kind, language, subject, body) values
('menu_changed', 'en', 'New menu: {menu}', 'The menu is {menu} now'), ('menu_changed', 'de', 'Neues Menü: {menu}', 'Das Menü ist jetzt {menu}'),
('unreadable', 'en', 'x', 'x'), ('budget_changed', 'en', 'x', 'x');
insert into wedsync_data.notification_addresses (owner_id, is_supplier, language) values (tap.id('james'), false, 'de-AT');
select tap.join(w.who, w.topic) from (values
    ('emma', 'user_' || tap.id('emma')), ('james', 'user_' || tap.id('james')), ('fred', 'user_' || tap.id('fred')),
    ('chef', 'supplier_' || tap.firm('chef')), ('baker', 'supplier_' || tap.firm('baker'))
) as w (who, topic);
select tap.forget();
create function pg_temp.told(who text) returns text language sql as $$
    select tap.call(who, 'select string_agg(kind || '': '' || title || '', '' || message, ''; '' order by created_at) from wedsync.notifications')
$$;

select is(wedsync_internal.notify(tap.couple('emma'), 'menu_changed', '{"menu": "vegan {menu}"}'), 3, 'both partners and the planner');
select is(pg_temp.told('emma'), 'menu_changed: New menu: vegan {menu}, The menu is vegan {menu} now', 'are told; a value is text, whatever it contains');
select is(pg_temp.told('james'), 'menu_changed: Neues Menü: vegan {menu}, Das Menü ist jetzt vegan {menu}', 'in their language');
select is(pg_temp.told(w.who), null, w.who || ' is not') from (values ('fred'), ('chef'), ('olivia'), ('stranger')) as w (who);
select is(
    (select (h.payload -> 'payload') - '{id,timestamp,couple_id}'::text[] from tap.heard('emma', 'user_' || tap.id('emma')) as h),
    '{"type": "menu_changed", "title": "New menu: vegan {menu}", "message": "The menu is vegan {menu} now", "data": {"menu": "vegan {menu}"}, "paths": [], '
    '"priority": "normal", "reference": null, "updatedBy": "system", "read": false}', 'and hear it'
);
select is(
    wedsync_internal.notify(
        tap.couple('emma'), 'menu_changed', '{"menu": null}',
        jsonb_build_object(
            'suppliers', array[tap.firm('chef'), tap.firm('baker'), tap.firm('dj')], 'users', array[tap.id('emma'), tap.id('olivia'), tap.id('fred')]
        ),
        'menu 1', 'high'
    ),
    4, 'those who are named and may read it'
);
select is(pg_temp.told('chef'), 'menu_changed: New menu: -, The menu is - now', 'a supplier');
select is(pg_temp.told('olivia'), null, 'nobody of another wedding');
select is(pg_temp.told('dj'), null, 'no supplier without access');
select is(
    (select array_agg(distinct concat_ws(' ', r ->> 'priority', r ->> 'reference')) from tap.rows('chef', 'select * from wedsync.notifications') as r),
    array['high menu 1'], 'with priority and reference'
);
select is(
    wedsync_internal.notify(tap.couple('emma'), 'menu_changed', '{"menu": 2}', jsonb_build_object('users', array[tap.id('emma'), tap.id('james')]), 'menu 1'),
    1,     'the same reference is told once to each'
);
select is(wedsync_internal.notify(tap.couple('emma'), 'unreadable', '{}'), 0, 'a right that does not exist is had by nobody');
select is(
    wedsync_internal.notify(tap.couple('emma'), 'budget_changed', '{}', jsonb_build_object('suppliers', array[tap.firm('chef')])), 0,
    'the budget is told to no supplier'
);

-- by the rights of now
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.told('chef'), null, 'what may no longer be read is no longer shown');
select is(
    (
        select count(*) from wedsync_data.messages as m
        where m.topic = 'supplier_' || tap.firm('chef') and m.event = 'notification' and wedsync_internal.may_receive_message(m)
    ), 0::bigint, 'nor heard again'
);
select is(
    (
        select count(*) from wedsync_data.messages as m
        where m.topic = 'user_' || tap.id('fred') and m.event = 'notification' and wedsync_internal.may_receive_message(m)
    ), 1::bigint, 'control: others hear it again'
);
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select is(pg_temp.told('fred'), null, 'a former member sees nothing');
select is(
    (
        select count(*) from wedsync_data.messages as m
        where m.topic = 'user_' || tap.id('fred') and m.event = 'notification' and wedsync_internal.may_receive_message(m)
    ), 0::bigint, 'and hears nothing again'
);

-- reading
create temporary table ids on commit drop as select array_agg(n.id) as ids from wedsync_data.notifications as n where n.couple_id = tap.couple('emma');
select is(tap.call('emma', format('select wedsync.mark_notifications_read(%L, %L)', tap.couple('emma'), i.ids)), '2', 'people mark their own') from ids as i;
select is(
    (select count(*) from wedsync_data.notifications as n where n.read_at is not null and n.recipient_id <> tap.id('emma')), 0::bigint, 'and nobody else''s'
);

-- whoever does something is not told of it in a role
create function wedsync.tell_menu(couple uuid) returns integer language sql security definer as $$
    select wedsync_internal.notify(couple, 'menu_changed', '{"menu": 3}')
$$;
select is(tap.call('emma', format('select wedsync.tell_menu(%L)', tap.couple('emma'))), '2', 'emma tells james and paula');
select is(
    (select array_agg(distinct n.changed_by_type) from wedsync_data.notifications as n where n.changes = '{"menu": 3}'), array['couple'], 'as one of the couple'
);

-- servers
select is(
    tap.call(null, format('select wedsync.notify(%L, ''menu_changed'', ''{"menu": 4}'')', tap.couple('emma')), 'service_role'), '3', 'a server states it too'
);
select is(tap.error(null, format('select wedsync.notify(%s)', b.arguments), b.role) ->> 'sqlstate', b.state, b.what) from (values
    (format('%L, ''menu_changed'', ''{"menu": 4}''', tap.couple('emma')), 'authenticated', '42501', 'people do not'),
    (format('%L, ''no_such'', ''{}''', tap.couple('emma')), 'service_role', '22023', 'the kind is known'),
    (format('%L, ''menu_changed'', ''{}''', tap.couple('emma')), 'service_role', '22023', 'the data fill the texts'),
    (format('%L, ''menu_changed'', ''{"menu": 1}'', ''{"users": ["x"]}''', tap.couple('emma')), 'service_role', '22023', 'an audience is of ids')
) as b (arguments, role, state, what);
select * from finish();
rollback;
