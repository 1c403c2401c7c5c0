-- proves: C-62, F000-54, F000-34
begin;
select plan(11);
-- the reader of the log begins here, and counts what this transaction writes as new
create function pg_temp.begin_anew() returns void language sql as $$
    delete from wedsync_data.events;
    update wedsync_data.event_readers
    set position = format('%s:%s:%s', pg_current_xact_id(), pg_current_xact_id()::text::bigint + 1, pg_current_xact_id())::pg_snapshot,
        history = wedsync_internal.history_holder();
$$;
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select wedsync.register_supplier('Told Caterers', 'caterer');
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select wedsync.register_couple('Emma', 'James');
select wedsync.grant_access(
    (select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Told Caterers'), '{guest_numbers}', '{guest_numbers}'
);
reset role;
select pg_temp.begin_anew();
set local role authenticated;
select wedsync.update_core_fields((select couple_id from wedsync.core_fields), '{"guest_count": {"adults": 120}, "budget.total": 9000}');
select wedsync.update_core_fields((select couple_id from wedsync.core_fields), '{"budget.total": 9500}');
reset role;
select is(wedsync_internal.notify_suppliers(), 1, 'one notification: the change of the budget alone is nobody''s business');
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select results_eq(
    'select paths from wedsync.notifications', $$ values (array['wedding.guestCount.adults', 'wedding.guestCount.total']) $$, 'it names the readable paths'
);
select is(
    (select changes from wedsync.notifications), '{"wedding.guestCount.adults": 120, "wedding.guestCount.total": 120}'::jsonb, 'and holds just their values'
);
select is((select read from wedsync.notifications), false, 'it is unread');
select is(wedsync.mark_notifications_read(n.couple_id, array[n.id]), 1, 'it can be marked as read') from wedsync.notifications as n;
select is((select read from wedsync.notifications), true, 'and then is');
select set_config('request.jwt.claims', '{"sub": "33333333-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select is_empty('select * from wedsync.notifications', 'others do not see it');
reset role;
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select pg_temp.begin_anew();
set local role authenticated;
select wedsync.update_core_fields((select couple_id from wedsync.core_fields), '{"guest_count": {"adults": 121}}');
reset role;
select is((select count(*) from wedsync_data.events), 1::bigint, 'control: there is a change to tell of');
select is(wedsync_internal.notify_suppliers(), 0, 'a supplier is not told of its own change');
select pg_temp.begin_anew();
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select wedsync.set_notification_preferences(
    (select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Told Caterers'), '{"changes": false}'
);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select wedsync.update_core_fields((select couple_id from wedsync.core_fields), '{"guest_count": {"adults": 122}}');
reset role;
select is(wedsync_internal.notify_suppliers(), 0, 'nor of anything it does not want to hear');
select pg_temp.begin_anew();
select set_config('request.jwt.claims', '{"sub": "22222222-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select wedsync.set_notification_preferences(
    (select couple_id from wedsync.core_fields), (select id from wedsync.suppliers where business_name = 'Told Caterers'), '{"changes": true}'
);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
select wedsync.update_core_fields((select couple_id from wedsync.core_fields), '{"guest_count": {"adults": 123}}');
reset role;
select is(wedsync_internal.notify_suppliers(), 1, 'until it wants to again');
select * from finish();
rollback;
