-- proves: F001-36, F001-37
-- Where people are reached is theirs to set; a new address gets a code, and nothing else before the code was entered.
begin;
select plan(54);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{guest_numbers}');
select tap.hire('chef', 'sam', 'staff');
create function pg_temp.set_it(who text, address text, firm text default null) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.set_notification_address(%L, %L)', address, tap.firm(firm)))::jsonb
$$;
create function pg_temp.code(channel text) returns text language sql as $$
    select wedsync_internal.address_code(c) from wedsync_data.address_checks as c where c.target = case code.channel when 'email' then 'email' else 'phone' end
$$;
create function pg_temp.enter(who text, code text, firm text default null) returns text language sql as $$
    select tap.call(who, format('select wedsync.confirm_notification_address(%L, %L)', code, tap.firm(firm)))
$$;
select is(
    pg_temp.set_it('emma', '{"email": "emma@example.org", "language": "de", "time_zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "07:00"}'),
    '{"email": "emma@example.org", "email_verified_at": null, "phone": null, "phone_verified_at": null, "language": "de", "time_zone": "Europe/Berlin", '
    '"quiet_from": "22:00:00", "quiet_until": "07:00:00"}', 'an address is set'
);
select matches(pg_temp.code('email'), '^[0-9]{6}$', 'and sent a code');
select is((select r.email from wedsync_internal.recipients as r where r.id = tap.id('emma')), null, 'it is not used yet');
create temporary table sent on commit drop as
select c.id, c.target, c.subject, c.body, pg_temp.code('email') as code from wedsync_internal.claim_deliveries(tap.id('one'), '{email}', 10) as c;
select is((select s.target ->> 'to' from sent as s), 'emma@example.org', 'the code goes to the new address');
select is((select s.subject from sent as s), 'Dein Code: ' || s.code, 'in her language') from sent as s;
select ok(s.body like '%' || s.code || '%', 'and the text has it') from sent as s;
create function pg_temp.tables_with(words text) returns text[] language plpgsql as $$
declare
    tables text[] := '{}';
    relation regclass;
    found boolean;
begin
    for relation in select c.oid::regclass from pg_class as c
        where c.relnamespace in ('wedsync_data'::regnamespace, 'wedsync_internal'::regnamespace) and c.relkind in ('r', 'p') and not c.relispartition
    loop
        execute format('select exists (select from %s as t where t::text ~ %L)', relation, '(^|[^0-9a-f.])' || words || '([^0-9a-f]|$)') into found;
        tables := tables || case when found then relation::text end;
    end loop;
    return array_remove(tables, null);
end
$$;
select ok('wedsync_data.notification_addresses' = any (pg_temp.tables_with('emma@example.org')), 'control: a search of all tables finds a word');
select is(pg_temp.tables_with(s.code), '{}', 'the code stands in no table, not even while it waits') from sent as s;
select ok(not has_any_column_privilege(r.role, 'wedsync_data.address_checks', 'select')
    and not has_function_privilege(r.role, 'wedsync_internal.address_code(wedsync_data.address_checks)', 'execute'), r.role || ' cannot derive it')
from (values ('service_role'), ('wedsync_admin'), ('wedsync_worker'), ('authenticated'), ('anon')) as r (role);
select wedsync_internal.fail_delivery(tap.id('one'), s.id, 'no answer in time', 'failed', 0, 1) from sent as s;
update wedsync_data.deliveries set due_at = now() - interval '1 minute';
select is((select array_agg(c.body) from wedsync_internal.claim_deliveries(tap.id('one'), '{email}', 10) as c), array[s.body], 'each attempt has the same code')
from sent as s;
select is(pg_temp.enter('emma', '000000x'), 'false', 'a wrong code');
select is(pg_temp.enter('olivia', s.code), 'false', 'somebody else''s') from sent as s;
select is((select c.attempts from wedsync_data.address_checks as c), 1::smallint, 'is counted');
select is(pg_temp.enter('emma', s.code), 'true', 'the right one') from sent as s;
select is((select r.email from wedsync_internal.recipients as r where r.id = tap.id('emma')), 'emma@example.org', 'from then on it is used');
select is(pg_temp.enter('emma', s.code), 'false', 'a code is used once') from sent as s;
select wedsync_internal.finish_deliveries(tap.id('one'), array(select d.id from wedsync_data.deliveries as d), '{}');
select is((select count(*) from wedsync_data.address_checks), 0::bigint, 'and forgotten');

-- another address begins anew
select is(pg_temp.set_it('emma', '{"email": "emma@example.com"}') -> 'email_verified_at', 'null', 'a changed address is verified again');
select is(pg_temp.set_it('emma', '{"language": "es"}') ->> 'email', 'emma@example.com', 'what is not named is kept');
create temporary table first_code on commit drop as select pg_temp.code('email') as code;
select is(pg_temp.set_it('emma', '{"email": "emma@example.net"}') ->> 'email', 'emma@example.net', 'and again');
select is(
    (select array_agg(d.state order by d.created_at) from wedsync_data.deliveries as d where d.kind = 'address_check'), '{delivered,cancelled,waiting}',
    'the code for the address before is not sent any more'
);
select isnt(pg_temp.code('email'), c.code, 'there is a new one') from first_code as c;
select is(pg_temp.enter('emma', c.code), case when c.code = pg_temp.code('email') then 'true' else 'false' end, 'and not taken') from first_code as c;
update wedsync_data.address_checks set attempts = 5;
select is(pg_temp.enter('emma', pg_temp.code('email')), 'false', 'nor any code after five wrong ones');
update wedsync_data.address_checks set attempts = 0, expires_at = now() - interval '1 second';
select is(pg_temp.enter('emma', pg_temp.code('email')), 'false', 'or after its time');
select wedsync_internal.prune_deliveries();
select is((select count(*) from wedsync_data.address_checks), 0::bigint, 'and what was not entered in time is deleted');
select is((select array_agg(c.id) from wedsync_internal.claim_deliveries(tap.id('one'), '{email}', 10) as c), null, 'a mail without a code is not sent');
select is(pg_temp.set_it('emma', '{"email": null}') ->> 'email', null, 'an address is cleared');
select is(pg_temp.set_it('emma', '{"quiet_from": null, "quiet_until": null}') ->> 'quiet_from', null, 'as are quiet hours');

-- numbers cost money
select is(tap.error('emma', 'select wedsync.set_notification_address(''{"phone": "+447700900123"}'')') ->> 'sqlstate', '42501',
    'phone numbers need the tier premium or enterprise');
update wedsync_data.weddings set tier = 'premium' where id = tap.couple('emma');
select is(pg_temp.set_it('emma', '{"phone": "+447700900123"}') ->> 'phone', '+447700900123', 'who have them');
select matches(pg_temp.code('sms'), '^[0-9]{6}$', 'checked by SMS');
select is(pg_temp.enter('emma', pg_temp.code('sms')), 'true', 'as well');
update wedsync_data.rate_limits set max_requests = 2 where endpoint = 'address-check';
delete from wedsync_data.rate_usage;
select is(
    (
        select array_agg(
            tap.error('emma', format('select wedsync.set_notification_address(''{"email": "victim%s@example.org"}'')', i)) ->> 'sqlstate' order by i
        )
        from generate_series(1, 3) as i
    ), '{NULL,NULL,PGRST}', 'nobody has codes sent to strangers for long'
);
update wedsync_data.rate_limits set max_requests = null where endpoint = 'address-check';

-- suppliers
select is(pg_temp.set_it('chef', '{"email": "kitchen@example.org"}', 'chef') ->> 'email', 'kitchen@example.org', 'owners set the address of a supplier');
select is(tap.error(w.who, format('select wedsync.set_notification_address(''{}'', %L)', tap.firm('chef'))) ->> 'sqlstate', w.state, w.who || ' does not')
from (values ('sam', '42501'), ('emma', 'PT404')) as w (who, state);
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.notification_addresses')), w.n, w.who || ' sees') from (values
    ('emma', 1::bigint), ('chef', 1), ('sam', 1), ('stranger', 0)
) as w (who, n);
select is(tap.error('emma', format('select wedsync.set_notification_address(%L)', b.address)) ->> 'sqlstate', '22023', b.address) from (values
    ('[]'), ('{"email": "no address"}'), ('{"email": "a@example.org, b@example.org"}'), ('{"email": "a@example.org\nBcc: b@example.org"}'),
    ('{"phone": "112"}'),
    ('{"time_zone": "Nowhere/Else"}'), ('{"quiet_from": "22:00"}'), ('{"quiet_from": "25:00", "quiet_until": "07:00"}'), ('{"fax": "1"}')
) as b (address);
select * from finish();
rollback;
