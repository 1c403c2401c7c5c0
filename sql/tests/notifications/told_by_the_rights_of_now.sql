-- proves: F000-54, C-62
-- What a supplier was told is shown, and heard again, only as far as it may read it at that moment.
begin;
select plan(11);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{guest_numbers,timeline,key_moments}');
create temporary table ear on commit drop as select tap.subscription(tap.join('chef', 'supplier_' || tap.firm('chef'))) as id;
update wedsync_data.event_readers set history = wedsync_internal.history_holder() where name = 'notify_suppliers';
create function pg_temp.tell(patch jsonb) returns void language plpgsql as $$
begin
    perform tap.patch('emma', 'emma', patch);
    update wedsync_data.event_readers set position = tap.start()::pg_snapshot where name = 'notify_suppliers';
    perform wedsync_internal.notify_suppliers();
end $$;
select pg_temp.tell('{"guest_count": {"adults": 80}, "ceremony_time": "14:00"}');
select pg_temp.tell('{"ceremony_time": "15:00"}');
select tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Secret dance"}'')', tap.couple('emma')));
select pg_temp.tell('{"ceremony_time": "16:00"}');
select pg_temp.tell('{"guest_count": {"adults": 81}}');
create function pg_temp.shown() returns text language sql as $$
    select tap.call('chef', 'select string_agg(changes::text, '' '' order by created_at) from wedsync.notifications')
$$;
create function pg_temp.replayed() returns bigint language sql as $$
    select count(*) from ear as e, wedsync_internal.replay_messages(e.id, '-infinity', 100) $$;
-- what a client that was away all the time would be sent
create function pg_temp.missed() returns bigint language sql as $$
    select count(*) from ear as e, wedsync_internal.missed_frames(e.id, tap.start()) as m where m.kind = 'broadcast'
$$;
create temporary table all_shown on commit drop as select pg_temp.shown() as told, pg_temp.replayed() as messages, pg_temp.missed() as missed;
select ok(a.told like '%14:00%80%15:00%Secret dance%16:00%', 'at first everything') from all_shown as a;
select is(a.messages, 5::bigint, 'and all of it can be heard again') from all_shown as a;
select is(a.missed, 5::bigint, 'by whoever was away') from all_shown as a;
select tap.call('emma', format('select wedsync.revoke_access(%L, %L, ''{timeline,key_moments}'')', tap.couple('emma'), tap.firm('chef')));
select is(
    pg_temp.shown(), '{"wedding.guestCount.total": 80, "wedding.guestCount.adults": 80} {"wedding.guestCount.total": 81, "wedding.guestCount.adults": 81}',
    'values go with the right, and so do whole notifications'
);
select is((select count(*) from tap.rows('chef', 'select * from wedsync.notifications where paths::text like ''%timeline%''')), 0::bigint, 'with their paths');
select is(pg_temp.replayed(), 1::bigint, 'what tells of more than may be read is not heard again');
select is(pg_temp.missed(), 1::bigint, 'nor by whoever was away');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.shown(), null, 'after the revocation nothing is left');
select is(tap.call('ada', 'select count(*) from wedsync.notifications', 'service_role'), '0', 'for servers neither');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{guest_numbers}'')', tap.couple('emma'), tap.firm('chef')));
update wedsync_data.grants as g set valid_until = now() + interval '1 microsecond' where g.grantee_id = tap.firm('chef') and g.state = 'approved';
update wedsync_data.grants as g set valid_from = now() - interval '2 days', valid_until = now() - interval '1 day'
where g.grantee_id = tap.firm('chef') and g.state = 'approved';
select is(pg_temp.shown(), null, 'nor after the grant has run out');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{full}'')', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.shown(), (select a.told from all_shown as a), 'given back, it is there again');
select * from finish();
rollback;
