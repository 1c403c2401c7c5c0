-- proves: F000-25, F000-26, F000-27, F000-51, F000-80, C-03
-- Actor and context of an audit row come from claims and headers; hostile headers are kept short and break nothing.
begin;
select plan(21);
select tap.wedding('emma');
create function pg_temp.write_with(headers text) returns text language plpgsql as $$
begin
    perform set_config('request.headers', headers, true);
    perform tap.patch('emma', 'emma', jsonb_build_object('private.notes', md5(random()::text)), null, 'because');
    perform set_config('request.headers', '', true);
    return (
        select concat_ws(' ', host(l.ip_address), l.user_agent) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') order by l.id desc
        limit 1
    );
end $$;
select is(pg_temp.write_with(h.headers), h.expected, 'headers ' || left(h.headers, 70))
from (values
    ('{"user-agent": "app/1", "x-real-ip": "203.0.113.9", "x-forwarded-for": "198.51.100.1"}', '203.0.113.9 app/1'),
    ('{"user-agent": "app/1", "x-forwarded-for": "198.51.100.1, 10.0.0.1"}', '198.51.100.1 app/1'),
    ('{"user-agent": "app/1", "x-forwarded-for": "2001:db8:0:0:0:0:0:1"}', '2001:db8::1 app/1'),
    ('{"user-agent": "app/1", "x-forwarded-for": "999.1.1.1"}', 'app/1'), ('{"user-agent": "app/1", "x-forwarded-for": "1.2.3"}', 'app/1'),
    ('{"user-agent": "app/1", "x-forwarded-for": "''; drop table x; --"}', 'app/1'), ('{"user-agent": "app/1", "x-forwarded-for": ""}', 'app/1'),
    ('{"user-agent": "app/1", "x-forwarded-for": "007.01.1.1"}', '7.1.1.1 app/1'), ('{"user-agent": "app/1", "x-forwarded-for": ":::::::"}', 'app/1'),
    ('{"user-agent": "app/1", "x-real-ip": "1.2.3.4/33"}', 'app/1'), ('{"user-agent": 7}', '7'), ('{"user-agent": {"a": 1}}', '{"a": 1}'),
    ('{"user-agent": "<script>alert(1)</script>"}', '<script>alert(1)</script>')
) as h (headers, expected);
select is(length(pg_temp.write_with(format('{"user-agent": "%s"}', repeat('x', 100000)))), 512, 'a long program name is cut');
select is(
    (select distinct l.reason from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'private.notes'), 'because',
    'the reason given'
);

-- what get_audit_trail shows
select tap.call('emma', 'select wedsync.set_display_name(''Emma of York'')');
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select set_config('request.headers', '{"user-agent": "chef app", "x-real-ip": "203.0.113.7"}', true);
select tap.patch('chef', 'emma', '{"guest_count": {"adults": 50}}', null, 'counted again');
create temporary table seen on commit drop as
select who, r from (values ('emma'), ('chef')) as w (who), tap.rows(who, format('select * from wedsync.get_audit_trail(%L, 1)', tap.couple('emma'))) as r;
select is(
    r - '{id,changed_at}'::text[],
    jsonb_build_object(
        'field', 'wedding.guestCount.total', 'old_value', null, 'new_value', 50, 'change_type', 'update',
        'changed_by', jsonb_build_object('id', tap.id('chef'), 'name', null, 'type', 'supplier'), 'supplier',
        jsonb_build_object('id', tap.firm('chef'), 'name', 'Chef Ltd'),
        'reason', 'counted again', 'ip_address', '203.0.113.7', 'user_agent', 'chef app', 'version_before', (r ->> 'version_after')::integer - 1,
        'version_after', r -> 'version_after'
    ), 'a partner sees who, for which supplier, why and from where'
) from seen where who = 'emma';
select is(
    r - '{ip_address,user_agent}'::text[], (select s.r - '{ip_address,user_agent}'::text[] from seen as s where s.who = 'emma'),
    'a supplier the same of what it may read'
) from seen where who = 'chef';
select is((r -> 'ip_address')::text || (r -> 'user_agent')::text, 'nullnull', 'but not from where') from seen where who = 'chef';
select is(
    tap.call('emma', format('select changed_by ->> ''name'' from wedsync.get_audit_trail(%L) where field = ''private.notes'' limit 1', tap.couple('emma'))),
    'Emma of York', 'with the name of the actor'
);
select is(tap.call('chef', 'select count(ip_address) + count(user_agent) from wedsync.core_fields_audit'), '0', 'nor through the view');
select cmp_ok(tap.call('emma', 'select count(ip_address) from wedsync.core_fields_audit')::integer, '>', 3, 'control: a partner sees addresses there');
select * from finish();
rollback;
