-- proves: F001-02, C-62
-- Changes of rows, such as guests, are no notifications of their own, and those of core fields beside them are.
begin;
select plan(4);
select tap.guest_list('emma');
select tap.supplier('desk', 'emma', '{guests.names,guests.dietaryCounts,events,guest_numbers}');
select is(
    tap.run('emma', format('update wedsync.guests set first_name = ''Zoe'' where couple_id = %L and id = %L', tap.couple('emma'), tap.id('emma Ann'))),
        1::bigint,
    'control: a name that the supplier reads changes'
);
select tap.call('emma', format('select wedsync.update_core_fields(%L, ''{"wedding.guestCount.adults": 77}'')', tap.couple('emma')));
select cmp_ok(wedsync_internal.notify_suppliers(), '>', 0, 'suppliers are told');
create temporary view told as
select n.* from wedsync_data.notifications as n join wedsync_data.suppliers as s on s.id = n.supplier_id and s.business_name = 'Desk Ltd';
select is((select count(*) from told as t where t.kind <> 'core_fields_updated' and t.kind <> 'dietary_change'), 0::bigint, 'not of guests');
select is(
    (select t.changes -> 'wedding.guestCount.adults' from told as t where t.kind = 'core_fields_updated' order by t.seq desc limit 1), '77',
        'but of a changed number'
);
select * from finish();
rollback;
