-- proves: F000-73, C-62
-- What a server tells a supplier has title and message, is stored unread and heard, as what follows from a change is.
begin;
select plan(16);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{guest_numbers}');
select tap.supplier('baker');
select tap.join('chef', 'supplier_' || tap.firm('chef'));
select tap.forget();
create function pg_temp.tell(more text, firm text default 'chef') returns text language sql as $$
    select format('select wedsync.notify_supplier(supplier_id => %L, couple_id => %L, %s)', tap.firm(firm), tap.couple('emma'), more)
$$;
select isnt(
    tap.call(
        null, pg_temp.tell($$ type => 'reminder', title => 'Menu', message => 'Send the menu by Friday', data => '{"due": "2027-01-08"}' $$), 'service_role'
    ), null, 'a server tells'
);
select is(
    (select r - '{id,created_at,couple_id,supplier_id,user_id,priority,reference}'::text[] from tap.rows('chef', 'select * from wedsync.notifications') as r),
    '{"seq": null, "kind": "reminder", "title": "Menu", "message": "Send the menu by Friday", "paths": [], "changes": {"due": "2027-01-08"}, '
    '"changed_by_type": "service", "read": false, "read_at": null}',
    'it is stored, unread'
);
select is(
    (select (h.payload -> 'payload') - '{id,timestamp,couple_id}'::text[] from tap.heard('chef', 'supplier_' || tap.firm('chef')) as h),
    '{"type": "reminder", "title": "Menu", "message": "Send the menu by Friday", "data": {"due": "2027-01-08"}, "paths": [], "updatedBy": "service", "read": '
    'false}',
    'and heard'
);
update wedsync_data.event_readers set history = wedsync_internal.history_holder(), position = tap.start()::pg_snapshot;
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 90, "budget.total": 5}');
select is(wedsync_internal.notify_suppliers(), 1, 'what follows from a change');
select is(
    (select jsonb_build_array(r -> 'title', r -> 'message') from tap.rows('chef', 'select * from wedsync.notifications order by created_at desc limit 1') as r),
    '["Wedding details changed", "Changed: Guest numbers: adults expected, Guest numbers: all guests expected"]', 'names what changed, as far as it may be read'
);
select is(
    (
        select h.payload #>> '{payload,message}' from tap.heard('chef', 'supplier_' || tap.firm('chef')) as h
        where h.payload #>> '{payload,type}' = 'core_fields_updated'
    ),
    'Changed: Guest numbers: adults expected, Guest numbers: all guests expected', 'also where it is heard'
);
select is(tap.error(null, pg_temp.tell(b.more, b.firm), b.role) ->> 'sqlstate', b.state, b.what) from (values
    ($$ type => 'reminder', title => 'x', message => 'y' $$, 'baker', 'service_role', 'PT404', 'a supplier without access is told nothing'),
    ($$ type => 'reminder', title => 'x', message => 'y' $$, 'chef', 'authenticated', '42501', 'people do not'),
    ($$ type => 'core_fields_updated', title => 'x', message => 'y' $$, 'chef', 'service_role', '22023', 'nor in the name of a change'),
    ($$ type => 'Reminder!', title => 'x', message => 'y' $$, 'chef', 'service_role', '22023', 'a kind has a form'),
    ($$ type => 'reminder', title => '', message => 'y' $$, 'chef', 'service_role', '22023', 'a title is needed'),
    ($$ type => 'reminder', title => 'x', message => repeat('y', 2001) $$, 'chef', 'service_role', '22023', 'a message has an end'),
    ($$ type => 'reminder', title => 'x', message => 'y', data => '[]' $$, 'chef', 'service_role', '22023', 'data are an object'),
    ($$ type => 'reminder', title => 'x', message => 'y', data => '{"n": 1e131071}' $$, 'chef', 'service_role', '22023', 'of numbers in range')
) as b (more, firm, role, state, what);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(tap.call('chef', 'select count(*) from wedsync.notifications'), '0', 'after the revocation none is shown');
select is(
    (select count(*) from wedsync_data.messages as m where m.event = 'notification' and wedsync_internal.may_receive_message(m)), 0::bigint, 'or heard again'
);
select * from finish();
rollback;
