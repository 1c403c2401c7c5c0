-- proves: F000-54, F000-73, F001-02, F002-13
-- Notifications come over the supplier's own channel as they are written, with exactly what that supplier may read.
begin;
select plan(30);
select tap.wedding('emma');
select tap.supplier(s.name, 'emma', s.fields)
from (
    values ('chef', '{guest_numbers}'::text[]), ('baker', '{basic}'), ('dj', '{timeline}'), ('florist', '{everything}'), ('silent', '{basic}')
) as s (name, fields);
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', auto_sync_enabled => false)', tap.couple('emma'), tap.firm('silent')));
select tap.join(w.who, 'supplier_' || tap.firm(w.firm))
from (values ('chef', 'chef'), ('sam', 'chef'), ('baker', 'baker'), ('dj', 'dj'), ('florist', 'florist'), ('silent', 'silent')) as w (who, firm);
-- the database's own reader starts here, and everything of this transaction is new to it
select wedsync_internal.notify_suppliers();
delete from wedsync_data.notifications;
create function pg_temp.notify() returns integer language plpgsql
as $$
begin
    update wedsync_data.event_readers set position = tap.start()::pg_snapshot where name = 'notify_suppliers';
    return wedsync_internal.notify_suppliers();
end
$$;
select tap.forget();
select tap.patch('emma', 'emma', '{"guest_count": {"adults": 80}, "budget.total": 7777, "partner1_email": "emma@example.org"}');
select is(pg_temp.notify(), 3, 'the three suppliers that may read some of it');
create function pg_temp.told(who text, firm text) returns jsonb language sql as $$
    select jsonb_agg(h.payload #> '{payload,data}') from tap.heard(who, 'supplier_' || tap.firm(firm)) as h where h.payload ->> 'event' = 'notification'
$$;
select is(pg_temp.told(w.who, w.firm), w.data::jsonb, w.who || ' is told') from (values
    ('chef', 'chef', '[{"wedding.guestCount.adults": 80, "wedding.guestCount.total": 80}]'),
    ('sam', 'chef', '[{"wedding.guestCount.adults": 80, "wedding.guestCount.total": 80}]'),
    ('baker', 'baker', '[{"wedding.guestCount.adults": 80, "wedding.guestCount.total": 80}]'),
    ('dj', 'dj', null),
    ('florist', 'florist', '[{"couple.partner1.email": "emma@example.org", "wedding.guestCount.adults": 80, "wedding.guestCount.total": 80}]'),
    ('silent', 'silent', null)
) as w (who, firm, data);
select is(
    (select (h.payload -> 'payload') - '{id,data,timestamp,paths}'::text[] from tap.heard('chef', 'supplier_' || tap.firm('chef')) as h),
    jsonb_build_object(
        'type', 'core_fields_updated', 'title', 'Wedding details changed', 'message',
        'Changed: Guest numbers: adults expected, Guest numbers: all guests expected', 'couple_id', tap.couple('emma'), 'updatedBy', 'couple', 'read', false
    ), 'with kind, wedding, author and an unread flag'
);
select is(pg_temp.notify(), 0, 'the same events are told once, however often they are read');
select is((select count(*) from wedsync_data.notifications as n where n.changes::text ~ '(7777|budget)'), 0::bigint, 'the budget is in none of them');
-- what can be read later
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.notifications')), w.n, w.who || ' reads notifications')
from (values ('chef', 1::bigint), ('sam', 1), ('baker', 1), ('dj', 0), ('emma', 0), ('stranger', 0)) as w (who, n);
create temporary table ids on commit drop as select n.id, n.supplier_id from wedsync_data.notifications as n;
create function pg_temp.mark(who text, ids uuid[]) returns text language sql as $$
    select tap.call(who, format('select wedsync.mark_notifications_read(%L, %L)', tap.couple('emma'), ids))
$$;
select is(pg_temp.mark('baker', (select array_agg(i.id) from ids as i)), '1', 'somebody else''s are left alone');
select is((select count(*) from wedsync_data.notifications as n where n.read_at is null), 2::bigint, 'they are unread still');
select is(
    tap.call('chef', format('select wedsync.mark_notifications_read(gen_random_uuid(), %L)', (select array_agg(i.id) from ids as i))), '0',
    'nor those of another wedding'
);
select is(pg_temp.mark('sam', (select array_agg(i.id) from ids as i)), '1', 'staff marks for the supplier');
select is(
    (select concat_ws(' ', r ->> 'read', r ->> 'read_at' is not null) from tap.rows('chef', 'select * from wedsync.notifications') as r), 'true t',
    'for all its people'
);
select is(pg_temp.mark('chef', (select array_agg(i.id) from ids as i)), '0', 'once');
select is(tap.error('chef', format('select wedsync.mark_notifications_read(%L, %s)', tap.couple('emma'), a.ids)) ->> 'sqlstate', a.state, left(a.ids, 40))
from (
    values ('null', '22023'), ('array(select gen_random_uuid() from generate_series(1, 1001))', '22023'), ('''{}''', null),
        ('array(select gen_random_uuid() from generate_series(1, 1000))', null), ('''{null}''', null)
) as a (ids, state);
select is(tap.error(null, 'select wedsync.mark_notifications_read(gen_random_uuid(), ''{}'')', r.role) ->> 'sqlstate', '42501', r.role)
from (values ('anon'), ('authenticated'), ('service_role')) as r (role);
select * from finish();
rollback;
