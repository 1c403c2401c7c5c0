-- proves: C-62, F000-54
-- Suppliers are told of what changed before the worker first ran, and after a restored backup, once each.
begin;
select plan(5);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{guest_numbers}');
select is(
    (select count(*) from wedsync_data.event_readers as r where r.name = 'notify_suppliers'), 1::bigint,
    'the reader of the log has its place since the installation'
);
delete from wedsync_data.events;
update wedsync_data.event_readers set history = null, read_at = now() - interval '1 hour';
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 120}');
select is(wedsync_internal.notify_suppliers(), 1, 'its first reading tells of what was there');
select is((select r.history from wedsync_data.event_readers as r where r.name = 'notify_suppliers'),
    wedsync_internal.history_holder(), 'and notes which database it read');
-- a dump that was restored into a younger cluster: its transactions have smaller numbers than the place that was noted
update wedsync_data.event_readers set history = 'another database', position = '9999999999:9999999999:', read_at = now() - interval '10 seconds';
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 121}');
select is(wedsync_internal.notify_suppliers(), 1, 'after a restore the new change is told of, and the old one not again');
select is((select count(*) from wedsync_data.notifications as n where n.couple_id = tap.couple('emma')), 2::bigint, 'two changes, two notifications');
select * from finish();
rollback;
