-- proves: F000-34
-- Preferences of notifications: everybody of the supplier may set them, for one wedding at a time, and nobody else.
begin;
select plan(10);
select null from tap.wedding('emma');
select null from tap.wedding('olivia');
select null from tap.supplier('chef', 'emma', '{basic}');
select null from tap.supplier('rival', 'emma', '{basic}');
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('olivia'), tap.firm('chef')));
insert into wedsync_data.supplier_members (supplier_id, user_id, member_role, added_by)
select tap.firm('chef'), tap.id(m.name), m.role, tap.id('chef') from (values ('manny', 'manager'), ('stef', 'staff')) as m (name, role);
create function pg_temp.set(who text, preferences jsonb) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.set_notification_preferences(%L, %L, %L)', tap.couple('emma'), tap.firm('chef'), preferences))::jsonb
$$;
create temporary view others as select c.notification_preferences from wedsync_data.connections as c
where (c.couple_id, c.supplier_id) <> (tap.couple('emma'), tap.firm('chef'));
select is(pg_temp.set('stef', '{"changes": false}'), '{"updates": true, "changes": false}', 'staff may, and what is left out stays');
select is(pg_temp.set('manny', '{"updates": false}'), '{"updates": false, "changes": false}', 'managers may');
select is(pg_temp.set('chef', '{"changes": true}'), '{"updates": false, "changes": true}', 'owners may');
select is((select count(*) from others), 2::bigint, 'control: the same supplier at another wedding, another supplier at the same');
select is_empty($$ select * from others where notification_preferences <> '{"updates": true, "changes": true}' $$, 'which keep theirs');
select is(
    tap.error(
        w.who, format('select wedsync.set_notification_preferences(%L, %L, ''{"changes": false}'')', tap.couple('emma'), tap.firm('chef'))
    ) ->> 'sqlstate', w.state, w.who || ' may not'
) from (values ('emma', 'PT404'), ('rival', 'PT404'), ('nobody', 'PT404')) as w (who, state);
select is(
    tap.error(
        'chef', format('select wedsync.set_notification_preferences(%L, %L, ''{"changes": false}'')', gen_random_uuid(), tap.firm('chef'))
    ) ->> 'sqlstate', 'PT404', 'nor for a wedding that the supplier does not serve'
);
select is(
    tap.error('chef', format('select wedsync.set_notification_preferences(%L, %L, ''{"changes": 1}'')', tap.couple('emma'), tap.firm('chef'))) ->> 'sqlstate',
    '22023', 'nor anything but true and false'
);
select * from finish();
rollback;
