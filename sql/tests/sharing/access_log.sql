-- proves: F000-36, F001-23, F003-65
-- Every read function that a supplier calls is logged with what could be seen; members are not logged.
begin;
select plan(13);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('chef', 'emma', '{wedding.date,guest_numbers}');
insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('form'), tap.firm('chef'), 'Menu');
select set_config('request.headers', '{"user-agent": "chef app", "x-real-ip": "203.0.113.9"}', true);
select tap.call('chef', format('select wedsync.get_core_fields(%L)', tap.couple('emma')));
select tap.call('chef', format('select count(*) from wedsync.get_audit_trail(%L)', tap.couple('emma')));
select tap.call('chef', format('select wedsync.core_fields_as_of(%L, clock_timestamp())', tap.couple('emma')));
select tap.call('chef', format('select wedsync.populate_form(%L, %L)', tap.id('form'), tap.couple('emma')));
select is(
    (select array_agg(r ->> 'action' order by (r ->> 'id')::bigint) from tap.rows('emma', 'select * from wedsync.access_log') as r),
    '{get_core_fields,get_audit_trail,core_fields_as_of,populate_form}', 'one entry for each read'
);
select is(
    (select r - '{id,accessed_at}'::text[] from tap.rows('emma', 'select * from wedsync.access_log order by id limit 1') as r),
    jsonb_build_object(
        'couple_id', tap.couple('emma'), 'supplier_id', tap.firm('chef'), 'supplier_name', 'Chef Ltd', 'user_id', tap.id('chef'), 'action', 'get_core_fields',
        'fields',
        '["wedding.date", "wedding.guestCount.adults", "wedding.guestCount.children", "wedding.guestCount.total", "wedding.guestCount.confirmed", '
        '"wedding.guestCount.pending"]'::jsonb
    ), 'who, for whom, what'
);
select is(
    (select distinct (l.ip_address, l.user_agent)::text from wedsync_data.access_log as l where l.couple_id = tap.couple('emma')), '(203.0.113.9,"chef app")',
    'from where'
);
select tap.call(m.who, format('select wedsync.get_core_fields(%L)', tap.couple('emma'))) from (values ('emma'), ('paula'), ('fred')) as m (who);
select is((select count(*) from wedsync_data.access_log as l where l.couple_id = tap.couple('emma')), 4::bigint, 'members are not logged');
select is(tap.error('stranger', format('select wedsync.get_core_fields(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404', 'a refused read');
select is((select count(*) from wedsync_data.access_log as l where l.couple_id = tap.couple('emma')), 4::bigint, 'shows nothing, so there is nothing to log');
select is(tap.call(p.who, 'select count(*) from wedsync.access_log'), '0', 'the log is not for ' || p.who)
from (values ('chef'), ('paula'), ('fred'), ('stranger')) as p (who);
select is(tap.error('chef', 'delete from wedsync_data.access_log') ->> 'sqlstate', '42501', 'and not to be cleaned by a supplier');

-- grants that ended, have not begun or were taken back are not named
select tap.supplier('baker');
insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, valid_from, valid_until)
select tap.couple('emma'), 'supplier', tap.firm('baker'), g.name, true, false, g.state, now() + g.from_then, now() + g.until_then
from (values ('wedding.date', 'approved', '-1 hour'::interval, '1 hour'::interval), ('wedding.style', 'approved', '-2 hours', '-1 hour'),
    ('wedding.colors', 'approved', '1 hour', '2 hours'),
    ('timeline.ceremonyTime', 'revoked', '-1 hour', '1 hour'),
    ('timeline.receptionTime', 'pending', '-1 hour', '1 hour')) as g (name, state, from_then, until_then);
select tap.call('baker', format('select wedsync.get_core_fields(%L)', tap.couple('emma')));
select is(
    (select r -> 'fields' from tap.rows('emma', 'select * from wedsync.access_log order by id desc limit 1') as r), '["wedding.date"]',
    'grants in force, no others'
);

-- who works for two suppliers reads for both
select tap.hire('chef', 'sam', 'staff'), tap.hire('baker', 'sam', 'staff');
select tap.call('sam', format('select wedsync.get_core_fields(%L)', tap.couple('emma')));
select is(
    (
        select jsonb_object_agg(r ->> 'supplier_name', jsonb_array_length(r -> 'fields'))
        from tap.rows('emma', format('select * from wedsync.access_log where user_id = %L', tap.id('sam'))) as r
    ),
    '{"Chef Ltd": 6, "Baker Ltd": 1}', 'and the couple sees both'
);
select * from finish();
rollback;
