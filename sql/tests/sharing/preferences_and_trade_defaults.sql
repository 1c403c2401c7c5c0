-- proves: F000-16, F000-19, F000-35, C-05
-- The couple's preferences approve basic fields of invited suppliers at once or queue everything; a request without fields asks for what the trade needs.
begin;
select plan(21);
select tap.wedding('emma');
create function pg_temp.ask(who text, fields text default null, writes text default '{}') returns jsonb language sql
as $$
    select tap.call(
        who, format('select wedsync.request_access(%L, %L, %L, %L)', tap.couple('emma'), tap.firm(who), fields, writes)
    )::jsonb - '{writable_fields,requested_writable_fields,request_version}'::text[]
$$;

update wedsync_data.settings set value = '1000' where name = 'invitations_open';
select tap.supplier(c.category, category => c.category) from wedsync_data.supplier_categories as c;
select tap.welcome('emma', c.category) from wedsync_data.supplier_categories as c;
select is(
    pg_temp.ask('caterer'),
    '{
        "status": "approved", "readable_fields": ["basic", "events", "guest_numbers"], "requested_fields": ["guests.dietaryCounts", "reception", "timeline"]
    }',
    'a caterer asks for its trade''s fields: names that stand for basic leaves only pass at once, the others wait'
);
select is(
    tap.call('emma', format('select approved_by from wedsync.core_fields_permissions where supplier_id = %L', tap.firm('caterer'))), null,
    'approved by nobody but the preference'
);
select is_empty(
    $$ select c.category, a.answer from wedsync_data.supplier_categories as c cross join lateral (select pg_temp.ask(c.category) as answer) as a
    where c.category <> 'caterer' and not (
        (select array_agg(x order by x) from jsonb_array_elements_text(a.answer -> 'readable_fields' || (a.answer -> 'requested_fields')) as x)
        = (select array_agg(x order by x) from unnest(c.default_fields) as x)
    ) $$, 'every trade asks for its defaults'
);
select tap.supplier('writer');
select tap.welcome('emma', 'writer');
select is(pg_temp.ask('writer', '{basic}', '{wedding.style}') -> 'requested_fields', '["wedding.style"]', 'writing always waits');
select tap.supplier('path asker');
select tap.welcome('emma', 'path asker');
select is(
    pg_temp.ask('path asker', '{wedding.date,partner1_email}'),
    '{"status": "approved", "readable_fields": ["wedding.date"], "requested_fields": ["partner1_email"]}', 'single fields likewise'
);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('path asker')));
select is(pg_temp.ask('path asker', '{basic}') ->> 'status', 'pending', 'a supplier that was turned away is not let in by a preference');

select tap.patch('emma', 'emma', '{"sharing.requireApproval": true}');
select tap.supplier('late');
select tap.welcome('emma', 'late');
select is(pg_temp.ask('late', '{basic}'), '{"status": "pending", "readable_fields": [], "requested_fields": ["basic"]}', 'require_approval queues everything');
select tap.patch('emma', 'emma', '{"sharing.requireApproval": false, "sharing.autoShareBasic": false}');
select tap.supplier('later');
select tap.welcome('emma', 'later');
select is(pg_temp.ask('later', '{basic}') ->> 'status', 'pending', 'and so does auto_share_basic switched off');

-- a partner name is needed while sharing
select tap.call('olivia', 'select wedsync.register_couple(''Olivia'')');
select tap.patch('olivia', 'olivia', '{"sharing.autoShareBasic": true}');
select is(tap.patch('olivia', 'olivia', '{"partner1_name": "  "}') -> 'success', 'true', 'a draft may have a blank name');
select is(
    tap.error('olivia', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('olivia'), tap.firm('dj'))) #> '{detail,problems}',
    '[{"path": "couple.partner1.name", "rule": "a_partner_name_is_needed_while_sharing"}]', 'which is not shared'
);
select is(
    tap.call('dj', format('select wedsync.request_access(%L, %L, ''{basic}'')', tap.couple('olivia'), tap.firm('dj')))::jsonb ->> 'status', 'pending',
    'not by a preference either'
);
select is(
    tap.error('olivia', format('select wedsync.approve_access(%L, %L, request_version => 1)', tap.couple('olivia'), tap.firm('dj'))) ->> 'sqlstate', 'PT422',
    'nor by approval'
);
select is(tap.patch('olivia', 'olivia', '{"partner2_name": "Oscar"}') -> 'success', 'true', 'one name of two is enough');
select is(
    (tap.call('olivia', format('select wedsync.approve_access(%L, %L, request_version => 1)', tap.couple('olivia'), tap.firm('dj')))::jsonb) ->> 'status',
    'approved', 'then it is'
);
create temporary table before on commit drop as select tap.state('olivia') as state;
select is(
    tap.patch_rules('olivia', 'olivia', p.patch), '{"couple.partner2.name": "a_partner_name_is_needed_while_sharing"}',
    'a shared record keeps a name: ' || p.patch::text
)
from (values ('{"partner2_name": null}'::jsonb), ('{"partner2_name": ""}'), ('{"couple": {"partner2": {"name": " "}}}')) as p (patch);
select is(tap.error('olivia', 'update wedsync.core_fields set partner2_name = ''''') ->> 'sqlstate', 'PT422', 'through the view');
select is(
    tap.error(
        null, format('update wedsync_data.core_fields set partner2_name = null where couple_id = %L', tap.couple('olivia')), 'service_role'
    ) ->> 'sqlstate', 'PT422', 'and for a server'
);
select is(tap.state('olivia'), (select state from before), 'nothing was changed');
select is(tap.patch('olivia', 'olivia', '{"partner2_name": null, "partner1_name": "Liv"}') -> 'success', 'true', 'names may change places');
select * from finish();
rollback;
