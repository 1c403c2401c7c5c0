-- proves: F000-32, F000-35, F000-37, F000-46, C-24, C-29, C-63
-- request, approve, reject, revoke: one state machine, each step audited, announced and visible in the source's views.
begin;
select plan(85);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''partner'')', tap.couple('emma'), tap.id('james')), 'service_role');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''planner'')', tap.couple('emma'), tap.id('paula')), 'service_role');
select tap.patch('emma', 'emma', '{"sharing.autoShareBasic": false}');
select tap.supplier('chef');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L)', tap.firm('chef'), tap.id('waiter')), 'service_role');
create function pg_temp.act(who text, action text, more text default '') returns jsonb language sql
as $$ select tap.call(who, format('select wedsync.%s_access(%L, %L%s)', action, tap.couple('emma'), tap.firm('chef'), more))::jsonb $$;
create function pg_temp.fault(who text, action text, more text default '', db_role text default 'authenticated') returns text language sql
as $$ select tap.error(who, format('select wedsync.%s_access(%L, %L%s)', action, tap.couple('emma'), tap.firm('chef'), more), db_role) ->> 'sqlstate' $$;
create function pg_temp.status(who text) returns text language sql
as $$
    select tap.call(who, 'select (select status from wedsync.core_fields_permissions) || '' '' || (select status from wedsync.supplier_couple_connections)')
$$;
create function pg_temp.last_audit() returns jsonb language sql stable as $$
    select to_jsonb(l) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') order by l.id desc limit 1 $$;
create function pg_temp.sees() returns text language sql as $$ select tap.call('chef', 'select count(*) from wedsync.core_fields') $$;

select is(pg_temp.status('chef'), null, 'nothing at first');
select is(pg_temp.fault('emma', a.action), 'PT404', 'nothing to ' || a.action) from (values ('approve'), ('reject'), ('revoke')) as a (action);
select is(pg_temp.fault(a.who, 'request', ', ''{basic}'''), a.state, 'a request by ' || a.who)
from (values ('waiter', '42501'), ('emma', 'PT404'), ('stranger', 'PT404')) as a (who, state);
select is(
    pg_temp.act('chef', 'request', ', ''{basic,timeline}'', ''{guest_numbers}'', ''We cook for you'''),
    '{"status": "pending", "readable_fields": [], "writable_fields": [], "requested_fields": ["basic", "guest_numbers", "timeline"], '
    '"requested_writable_fields": ["guest_numbers"], "request_version": 1}',
    'requested'
);
select is(pg_temp.status('chef'), 'pending pending', 'pending for the supplier');
select is(pg_temp.status('emma'), 'pending pending', 'and for the couple');
select is(pg_temp.sees(), '0', 'a pending supplier sees nothing');
select is(
    tap.call('emma', 'select requested_fields::text from wedsync.core_fields_permissions'), '{basic,guest_numbers,timeline}',
    'the couple sees what was asked for'
);
select is(pg_temp.last_audit() ->> 'path', 'grants/' || tap.firm('chef'), 'the request is audited');
select is((pg_temp.last_audit() ->> 'actor_type') || (pg_temp.last_audit() ->> 'supplier_id'), 'supplier' || tap.firm('chef'), 'as the supplier''s');
create temporary table before on commit drop as select tap.state('emma') - 'x' as state;
select is(pg_temp.fault(a.who, b.action, '', coalesce(a.db_role, 'authenticated')), a.state, format('%s by %s', b.action, coalesce(a.who, a.db_role)))
from (
    values ('chef', '42501', null), ('paula', '42501', null), ('stranger', 'PT404', null), (null, '42501', 'authenticated'), (null, '42501', 'anon')
) as a (who, state, db_role),
    (values ('approve'), ('reject'), ('revoke')) as b (action)
where a.who is distinct from 'chef';
select is(pg_temp.fault('chef', b.action), 'PT404', b.action || ' by the supplier itself') from (values ('approve'), ('reject'), ('revoke')) as b (action);
select is(pg_temp.fault('chef', 'grant', ', ''{full}'''), 'PT404', 'a supplier does not grant itself');
select is(tap.state('emma'), (select state from before), 'nothing was changed by any of these');

select is(
    pg_temp.act('james', 'approve', ', ''{basic}'''),
    '{"status": "approved", "readable_fields": ["basic"], "writable_fields": [], "requested_fields": []}', 'the second partner approves a part'
);
select is(pg_temp.status('chef'), 'approved active', 'approved, active in the source''s words');
select is(tap.call('chef', 'select permissions from wedsync.supplier_couple_connections'), '["read_core_fields"]', 'with the permission keys of the source');
select is(tap.call('emma', 'select approved_by from wedsync.core_fields_permissions')::uuid, tap.id('james'), 'by whom');
select is((pg_temp.last_audit() #>> '{new_value,status}') || (pg_temp.last_audit() ->> 'actor_id'), 'approved' || tap.id('james'), 'audited');
select is(
    (
        select array_agg(g.field_name || ' ' || g.state order by g.created_at, g.id) from wedsync_data.grants as g
        where g.couple_id = tap.couple('emma') and g.state = 'rejected'
    ),
    '{"guest_numbers rejected","timeline rejected"}', 'what was not named is rejected'
);
select is(pg_temp.sees(), '1', 'the supplier sees the record');
select is(pg_temp.fault('emma', 'approve'), 'PT409', 'nothing waits any more');
select is(
    pg_temp.act('chef', 'request', ', ''{basic}'''), '{"status": "approved", "readable_fields": ["basic"], "writable_fields": [], "requested_fields": []}',
    'asking for what one has changes nothing'
);
select is(pg_temp.act('chef', 'request', ', ''{timeline}''') -> 'requested_fields', '["timeline"]', 'asking for more');
select is(pg_temp.status('chef'), 'approved active', 'leaves what it has');
select is(
    pg_temp.act('emma', 'reject', ', ''not yet'''), '{"status": "approved", "readable_fields": ["basic"], "writable_fields": [], "requested_fields": []}',
    'a rejection takes away nothing that was there'
);
select is(pg_temp.last_audit() ->> 'reason', 'not yet', 'its reason is audited');
select is(
    pg_temp.act('emma', 'grant', ', ''{standard}'', ''{timeline}'', false'),
    '{"status": "approved", "readable_fields": ["standard", "timeline"], "writable_fields": ["timeline"], "requested_fields": []}',
    'grant_access replaces what was there'
);
select is(
    tap.call('chef', 'select permissions from wedsync.supplier_couple_connections')::jsonb, '["read_core_fields", "update_core_fields"]', 'and may give writing'
);
select is(tap.call('emma', 'select auto_sync_enabled from wedsync.core_fields_permissions'), 'false', 'automatic sync as asked');
select is(pg_temp.act('emma', 'revoke', ', ''{timeline}''') -> 'writable_fields', '[]', 'a single grant revoked');
select is(pg_temp.fault('emma', 'revoke', ', ''{timeline}'''), 'PT409', 'not twice');
select is(pg_temp.act('emma', 'revoke', ', null, ''thank you''') ->> 'status', 'revoked', 'everything revoked');
select is(pg_temp.status('chef'), 'revoked revoked', 'revoked');
select is(pg_temp.sees(), '0', 'and sees nothing from that statement on');
select is(pg_temp.fault('emma', a.action), 'PT409', 'nothing to ' || a.action) from (values ('approve'), ('reject'), ('revoke')) as a (action);
select is(pg_temp.act('chef', 'request', ', ''{basic}''') ->> 'status', 'pending', 'a revoked supplier may ask again');
select is(pg_temp.act('emma', 'reject') ->> 'status', 'rejected', 'and be rejected');
select is(pg_temp.act('chef', 'request', ', ''{basic}''') ->> 'status', 'pending', 'and ask once more');
select is(pg_temp.act('emma', 'approve', ', request_version => 4') ->> 'status', 'approved', 'and be approved');
select is(
    (select count(*) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'grants/' || tap.firm('chef')),
    (
        select count(*) from wedsync_data.events as e
        where e.couple_id = tap.couple('emma') and e.event_type = 'access_changed' and e.paths = array['grants/' || tap.firm('chef')]
    ),
    'every step is an audit row and an event'
);
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');

-- input
update before set state = tap.state('emma');
select is(tap.error(x.who, format(x.query, tap.couple('emma'), tap.firm('chef'))) ->> 'sqlstate', x.state, x.query) from (values
    ('emma', 'select wedsync.grant_access(%L, %L, ''{}'')', '22023'), ('emma', 'select wedsync.grant_access(%L, %L, ''{nope}'')', 'PT422'),
    ('emma', 'select wedsync.grant_access(%L, %L, ''{NULL}'')', 'PT422'), ('emma', 'select wedsync.grant_access(%L, %L, ''{class:budget}'')', 'PT422'),
    ('emma', 'select wedsync.grant_access(%L, %L, ''{budget}'')', 'PT422'),
    ('emma', 'select wedsync.grant_access(%L, %L, ''{basic}'', ''{budget.total}'')', 'PT422'),
    ('emma', 'select wedsync.grant_access(%L, %L, ''{private_notes}'')', 'PT422'),
    ('emma', 'select wedsync.grant_access(%L, %L, ''{sharing_preferences}'')', 'PT422'),
    ('emma', 'select wedsync.grant_access(%L, %L, ''{basic}'', ''{}'', null)', '22023'),
    ('emma', 'select wedsync.grant_access(%L, null, ''{basic}'')', '22023'),
    ('emma', 'select wedsync.grant_access(null, %2$L, ''{basic}'')', '22023'),
    ('emma', 'select wedsync.grant_access(%L, gen_random_uuid(), ''{basic}'')', 'PT404'),
    ('emma', 'select wedsync.grant_access(gen_random_uuid(), %2$L, ''{basic}'')', 'PT404'),
    ('emma', 'select wedsync.grant_access(%L, %L, (select array_agg(''x'' || n) from generate_series(1, 129) as n))', 'PT413'),
    ('emma', 'select wedsync.revoke_access(%L, %L, null, repeat(''x'', 1001))', '22023'), ('emma', 'select wedsync.revoke_access(%L, %L, ''{}'')', 'PT409'),
    ('chef', 'select wedsync.request_access(%L, %L, ''{}'')', '22023'), ('chef', 'select wedsync.request_access(%L, %L, ''{budget}'')', 'PT422'),
    ('chef', 'select wedsync.request_access(%L, %L, ''{basic}'', ''{budget_total}'')', 'PT422'),
    ('chef', 'select wedsync.request_access(null, %2$L)', '22023'), ('chef', 'select wedsync.request_access(%L, null)', '22023'),
    ('chef', 'select wedsync.request_access(%L, %L, ''{full}'', ''{}'', repeat(''x'', 1001))', '22023')
) as x (who, query, state);
select is(
    tap.error('emma', format('select wedsync.grant_access(%L, %L, ''{basic,nope,budget}'')', tap.couple('emma'), tap.firm('chef'))) #> '{detail,problems}',
    '[{"path": "budget", "rule": "never_for_suppliers"}, {"path": "nope", "rule": "unknown_field"}]', 'the refusal names each field and rule'
);
select is(tap.state('emma'), (select state from before), 'nothing was changed');
select * from finish();
rollback;
