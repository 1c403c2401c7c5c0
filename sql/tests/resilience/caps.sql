-- proves: C-56
-- Nobody fills the tables: each thing of which a caller can make more has a cap, a row of the settings, and the error names it.
begin;
select plan(29);
update wedsync_data.rate_limits set max_requests = null;
select null from tap.wedding('emma');
create temporary table shop on commit drop as select tap.call('baker', 'select wedsync.register_supplier(''Cakes'', ''baker'')')::uuid as id;
grant select on shop to public;
-- a call, how often it passes with a cap of two (each time with another n), and the cap
create function pg_temp.passes(who text, query text, setting_name text, already integer default 0) returns text language plpgsql as $$
declare
    error jsonb;
begin
    update wedsync_data.settings set value = '2' where name = setting_name;
    for n in 1..9 loop
        error := tap.error(replace(who, '#', n::text), replace(query, '#', n::text));
        if error is not null then
            return format('%s pass, then %s %s', n - 1 + already, error ->> 'sqlstate', error -> 'detail');
        end if;
    end loop;
    return 'all pass';
end
$$;
create temporary table tokens on commit drop as
select n, tap.invitation('emma', format('invite_member(%L, ''friend'')', tap.couple('emma'))) as wedding,
    tap.invitation('baker', format('invite_supplier_member(%L)', id)) as supplier
from shop, generate_series(1, 3) as n;
grant select on tokens to public;
create temporary table tried (setting_name text, who text, already integer, query text) on commit drop;
insert into tried values
('weddings_per_user', 'emma', 1, 'select wedsync.register_couple(''Emma #'')'),
('suppliers_per_user', 'baker', 1, 'select wedsync.register_supplier(''Cakes #'', ''baker'')'),
('members_per_wedding', 'friend #', 1, 'select wedsync.accept_invitation(wedding) from tokens where n = #'),
('members_per_supplier', 'cook #', 1, 'select wedsync.accept_invitation(supplier) from tokens where n = #'),
('api_keys_per_user', 'emma', 0, 'select wedsync.create_api_key(''key #'')'),
('forms_per_supplier', 'baker', 0, 'insert into wedsync.forms (supplier_id, name) select id, ''Cake #'' from shop');
select is(pg_temp.passes(t.who, t.query, t.setting_name, t.already), format('2 pass, then PT409 {"limit": 2, "setting": "%s"}', t.setting_name), t.setting_name)
from tried as t;

create temporary table form on commit drop as select f.id from wedsync_data.forms as f where f.name = 'Cake 1';
grant select on form to public;
select is(
    pg_temp.passes('baker', 'insert into wedsync.form_fields (form_id, name) select id, ''field #'' from form', 'fields_per_form'),
    '2 pass, then PT409 {"limit": 2, "setting": "fields_per_form"}', 'fields_per_form'
);
insert into wedsync_data.form_fields (form_id, name) select f.id, 'field 1' from wedsync_data.forms as f where f.name = 'Cake 2';
select is(
    tap.error(
        'baker', 'update wedsync.form_fields set form_id = (select id from form), name = ''moved'' where form_id <> (select id from form)'
    ) #>> '{detail,setting}',
    'fields_per_form', 'a field cannot be moved past the cap'
);
select is(
    tap.error(
        'baker', 'insert into wedsync.forms (supplier_id, name) select id, ''One of many '' || i from shop, generate_series(1, 3) as i'
    ) #>> '{detail,setting}', 'forms_per_supplier', 'nor many inserted at once'
);

-- suppliers who ask; one who waits already may ask for more
update wedsync_data.settings set value = '20' where name = 'suppliers_per_user';
create temporary table askers on commit drop as
select n, tap.call('asker ' || n, format('select wedsync.register_supplier(''Asker %s'', ''florist'')', n))::uuid as id from generate_series(1, 5) as n;
grant select on askers to public;
create function pg_temp.asks(n integer, fields text default '{wedding.date}') returns text language sql as $$
    select coalesce(e.e #>> '{detail,setting}', e.e ->> 'message', 'asks') from tap.error('asker ' || n, format(
        'select wedsync.request_access(%L, (select id from askers where n = %s), %L)', tap.couple('emma'), n, fields)) as e (e)
$$;
update wedsync_data.core_fields set sharing_preferences = '{"auto_share_basic": false, "require_approval": true}' where couple_id = tap.couple('emma');
update wedsync_data.settings set value = '2' where name = 'requests_waiting_per_wedding';
select results_eq(
    'select pg_temp.asks(n) from generate_series(1, 3) as n', array['asks', 'asks', 'requests_waiting_per_wedding'], 'requests_waiting_per_wedding'
);
select is(pg_temp.asks(1, '{guest_numbers}'), 'asks', 'who waits already may ask for more');
select is(tap.error('emma', format('select wedsync.reject_access(%L, %L)', tap.couple('emma'), id)), null, 'an answer') from askers where n = 1;
select is(pg_temp.asks(3), 'asks', 'makes room');
update wedsync_data.settings set value = '9' where name = 'requests_waiting_per_wedding';
update wedsync_data.settings set value = '1' where name = 'requests_waiting_per_supplier';
insert into wedsync_data.unanswered_requests (supplier_id, couple_id, readable_fields) select id, gen_random_uuid(), '{basic}' from askers where n = 4;
select is(pg_temp.asks(4), 'requests_waiting_per_supplier', 'requests for ids that are no weddings count like others');
update wedsync_data.settings set value = '500' where name = 'requests_waiting_per_supplier';
update wedsync_data.settings set value = '2' where name = 'requests_waiting_per_wedding';
select throws_ok(
    $$
        insert into wedsync_data.unanswered_requests (supplier_id, couple_id, readable_fields) select a.id, tap.couple('emma'), '{basic}' from askers as a
        where a.n = 5
    $$,
    'PT409', null, 'and find a full wedding as full'
);
update wedsync_data.settings set value = '3' where name = 'suppliers_per_wedding';
update wedsync_data.settings set value = '9' where name = 'requests_waiting_per_wedding';
select is(pg_temp.asks(4), 'asks', 'one that was refused takes no room');
select is(pg_temp.asks(5), 'suppliers_per_wedding', 'suppliers_per_wedding');
select is(pg_temp.asks(1), 'suppliers_per_wedding', 'nor comes back above it');
select is(
    tap.error('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), id)) #>> '{detail,setting}', 'suppliers_per_wedding',
    'nor is given access again'
)
from askers where n = 1;
select is(pg_temp.asks(2, '{ceremony}'), 'asks', 'one that is connected may go on asking');

-- what belongs to one supplier and one wedding
update wedsync_data.settings set value = '9' where name = 'suppliers_per_wedding';
select null from tap.welcome('emma', 'baker', '{basic}');
select is(
    pg_temp.passes(
        'baker', format('select wedsync.set_journey_progress((select id from shop), %L, ''step #'', ''done'')', tap.couple('emma')), 'journey_steps_per_wedding'
    ),
    '2 pass, then PT409 {"limit": 2, "setting": "journey_steps_per_wedding"}', 'journey_steps_per_wedding'
);
select is(
    tap.error('baker', format('select wedsync.set_journey_progress((select id from shop), %L, ''step 2'', ''active'')', tap.couple('emma'))), null,
    'a step that is there may change'
);
select is(
    pg_temp.passes(
        'emma', format('select wedsync.submit_form_response((select id from form), %L, ''{"field 1": "#"}'')', tap.couple('emma')), 'responses_per_form'
    ),
    '2 pass, then PT409 {"limit": 2, "setting": "responses_per_form"}', 'responses_per_form'
);

-- keys that are over make room
update wedsync_data.api_keys set revoked_at = now() where user_id = tap.id('emma') and name = 'key 1';
select is(tap.error('emma', 'select wedsync.create_api_key(''after a revocation'')'), null, 'a revoked key makes room');
update wedsync_data.api_keys set valid_until = now() where user_id = tap.id('emma') and name = 'key 2';
select is(tap.error('emma', 'select wedsync.create_api_key(''after an end'')'), null, 'so does one that has ended');
select is(tap.error('emma', 'select wedsync.create_api_key(''too many'')') #>> '{detail,setting}', 'api_keys_per_user', 'and no more than that');
select is(tap.error('james', 'select wedsync.create_api_key(''of another'')'), null, 'everybody has their own');

-- every cap is tried above, and one that is gone is an error that names it
select is_empty($$
    select s.name collate "default" from wedsync_data.settings as s where s.name ~ '_per_(user|wedding|supplier|form)$'
    except select t.setting_name from tried as t
    except
    values ('fields_per_form'), ('requests_waiting_per_wedding'), ('requests_waiting_per_supplier'), ('suppliers_per_wedding'), ('journey_steps_per_wedding'),
        ('responses_per_form'),
        -- of the sockets and sessions, in realtime and collaboration
        ('connections_per_user'), ('connections_per_supplier'), ('patterns_per_user'), ('sessions_per_user'),
        -- in notifications, and in planning
        ('push_devices_per_user'), ('calendar_feeds_per_user'), ('documents_per_supplier'),
        -- and in suppliers
        ('journeys_per_supplier')
$$, 'every cap has a test');
delete from wedsync_data.settings where name = 'weddings_per_user';
select is(
    (tap.error('emma', 'select wedsync.register_couple(''Emma'')') ->> 'message')::jsonb ->> 'details', '{"setting": "weddings_per_user"}',
    'a cap that is gone is not no cap'
);
select * from finish();
rollback;
