-- proves: F003-61, F000-97
-- Switches, preferences, tiers, people, forms and mappings: each change leaves a row in the trail of the wedding or of the supplier,
-- whoever makes it, and nobody is told anything.
begin;
select plan(32);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('dj');
create temporary table clock on commit drop as select k.seq, k.version from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
create temporary table since on commit drop as select couple_id, max(chain_no) as chain_no from wedsync_data.audit_log group by 1;
create function pg_temp.added(subject uuid) returns setof jsonb language sql as $$
    with added as (select l.* from wedsync_data.audit_log as l where l.couple_id = subject
        and l.chain_no > coalesce((select max(s.chain_no) from since as s where s.couple_id = subject), 0)),
    moved as (insert into since select l.couple_id, max(l.chain_no) from wedsync_data.audit_log as l group by 1 returning 1)
    select jsonb_build_array(a.path, a.change_type, a.old_value, a.new_value, a.actor_type) from added as a, (select count(*) from moved) as m
    order by a.chain_no, a.id $$;

-- of the wedding
select tap.call('chef', format('select wedsync.set_notification_preferences(%L, %L, ''{"changes": false}'')', tap.couple('emma'), tap.firm('chef')));
select is(a, jsonb_build_array('connections/' || tap.firm('chef'), 'update',
    '{"auto_sync_enabled": true, "notification_preferences": {"changes": true, "updates": true}}'::jsonb,
    '{"auto_sync_enabled": true, "notification_preferences": {"changes": false, "updates": true}}'::jsonb, 'supplier'), 'preferences')
    from pg_temp.added(tap.couple('emma')) as a;
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', ''{}'', false)', tap.couple('emma'), tap.firm('chef')));
select is(a #>> '{3,auto_sync_enabled}' || (a ->> 4), 'falsecouple', 'the switch') from pg_temp.added(tap.couple('emma')) as a
where a ->> 0 like 'connections/%';
update wedsync_data.connections set auto_sync_enabled = true where couple_id = tap.couple('emma');
select is(a #>> '{3,auto_sync_enabled}' || (a ->> 4), 'truesystem', 'the switch, by a direct statement') from pg_temp.added(tap.couple('emma')) as a;
update wedsync_data.connections set auto_sync_enabled = true, last_accessed_at = now() where couple_id = tap.couple('emma');
select is_empty($$ select pg_temp.added(tap.couple('emma')) $$, 'a statement that changes nothing leaves no row');
update wedsync_data.weddings set tier = 'premium' where id = tap.couple('emma');
select is(a, jsonb_build_array('weddings', 'update', '{"tier": "standard"}'::jsonb, '{"tier": "premium"}'::jsonb, 'system'), 'the tier')
from pg_temp.added(tap.couple('emma')) as a;
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', ''{}'', false)', tap.couple('emma'), tap.firm('dj')));
select is(a ->> 1, 'create', 'a connection that begins switched off') from pg_temp.added(tap.couple('emma')) as a
where a ->> 0 = 'connections/' || tap.firm('dj');
select is(
    (select k.version from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')), (select version from clock), 'the record keeps its version'
);
select is(
    (select count(*) from wedsync_data.events as e where e.couple_id = tap.couple('emma') and e.table_name in ('connections', 'weddings')), 0::bigint,
    'nobody hears of settings'
);
select is(
    tap.call(
        'emma', format('select count(*) from wedsync.get_audit_trail(%L) where field like ''connections/%%'' or field = ''weddings''', tap.couple('emma'))
    ), '5', 'the couple sees them'
);
select is(
    tap.call('chef', 'select count(*) from wedsync.core_fields_audit where changed_field like ''connections/%'' or changed_field = ''weddings'''), '0',
    'a supplier does not'
);
select is(tap.call('emma', format('select wedsync.verify_audit_chain(%L) ->> ''problems''', tap.couple('emma'))), '[]', 'the chain holds');

-- of the supplier
select pg_temp.added(tap.firm('chef'));
select tap.hire('chef', 'staff', 'staff');
select is(a, jsonb_build_array('supplier_members/' || tap.id('staff'), 'create', null, '{"member_role": "staff"}'::jsonb, 'supplier'), 'somebody is added')
from pg_temp.added(tap.firm('chef')) as a;
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, ''manager'')', tap.firm('chef'), tap.id('staff')));
select is(
    a, jsonb_build_array('supplier_members/' || tap.id('staff'), 'update', '{"member_role": "staff"}'::jsonb, '{"member_role": "manager"}'::jsonb, 'supplier'),
    'gets another role'
) from pg_temp.added(tap.firm('chef')) as a;
select tap.call('staff', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id('staff')));
select is(a, jsonb_build_array('supplier_members/' || tap.id('staff'), 'delete', '{"member_role": "manager"}'::jsonb, null, 'supplier'), 'and leaves')
from pg_temp.added(tap.firm('chef')) as a;
select tap.call('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'') returning id', tap.id('form'), tap.firm('chef')));
select tap.call('chef', format('insert into wedsync.form_fields (form_id, name) values (%L, ''day'') returning name', tap.id('form')));
select tap.call(
    'chef',
    format(
        'insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''day'', ''wedding.date'') returning id',
        tap.id('form')
    )
);
select results_eq(
    $$ select a ->> 0, a ->> 1, a ->> 4 from pg_temp.added(tap.firm('chef')) as a $$,
    $$
        values ('forms/' || tap.id('form'), 'create', 'supplier'), ('form_fields/' || tap.id('form') || '/day', 'create', 'supplier'),
            ('core_field_mappings/' || tap.id('form') || '/day', 'create', 'supplier')
    $$,
    'a form, its field, its mapping'
);
select tap.run('chef', 'update wedsync.forms set name = ''Menu 2''');
select tap.run('chef', 'update wedsync.core_field_mappings set auto_populate = false');
select results_eq(
    $$ select a ->> 0, a -> 3 from pg_temp.added(tap.firm('chef')) as a $$,
    $$ values ('forms/' || tap.id('form'), '{"name": "Menu 2", "description": null}'::jsonb),
        ('core_field_mappings/' || tap.id('form') || '/day', '{"auto_populate": false, "core_field_path": "wedding.date", "transformation_rule": {}}') $$,
        'changed'
);
select tap.run('chef', 'delete from wedsync.core_field_mappings');
select tap.run('chef', 'delete from wedsync.forms');
select results_eq($$ select a ->> 0, a ->> 1 from pg_temp.added(tap.firm('chef')) as a $$,
    $$ values ('core_field_mappings/' || tap.id('form') || '/day', 'delete'), ('forms/' || tap.id('form'), 'delete') $$, 'removed; fields go with their form');
update wedsync_data.suppliers set tier = 'enterprise' where id = tap.firm('chef');
select is(a -> 3, '{"tier": "enterprise", "category": "caterer", "business_name": "Chef Ltd"}', 'its tier') from pg_temp.added(tap.firm('chef')) as a;

-- a row that goes to another supplier leaves one trail and enters the other
select tap.call('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'') returning id', tap.id('form'), tap.firm('chef')));
select pg_temp.added(tap.firm('chef'));
update wedsync_data.forms set supplier_id = tap.firm('dj') where id = tap.id('form');
select results_eq(
    $$ select l.couple_id, l.change_type from wedsync_data.audit_log as l
    where l.chain_no > coalesce((select max(s.chain_no) from since as s where s.couple_id = l.couple_id), 0) order by l.change_type $$,
    $$ values (tap.firm('dj'), 'create'), (tap.firm('chef'), 'delete') $$, 'a form that changes hands'
);

update wedsync_data.suppliers set tier = 'standard' where id = tap.firm('chef');
select tap.hire('chef', 'helper', 'staff');
create function pg_temp.sees(who text, db_role text default 'authenticated') returns text language sql as $$
    select tap.call(
        who,
        'select string_agg(distinct s.business_name, '','' order by s.business_name) from wedsync.supplier_audit as a join wedsync.suppliers as s on s.id = '
        'a.supplier_id',
        db_role
    ) $$;
select is(pg_temp.sees('chef'), 'Chef Ltd', 'a supplier sees its own trail');
select is(pg_temp.sees('helper'), 'Chef Ltd', 'all its people do');
select is(pg_temp.sees(null, 'service_role'), 'Chef Ltd,Dj Ltd', 'a server all');
select is(pg_temp.sees(w.who), null, w.who || ' sees none') from (values ('emma'), ('staff'), ('stranger')) as w (who);
select is(
    tap.call(null, format('select count(*) from wedsync.supplier_audit where supplier_id = %L', tap.couple('emma')), 'service_role'), '0',
    'nor are rows of weddings in it'
);
select is(tap.call('chef', format('select wedsync.verify_audit_chain(%L) ->> ''problems''', tap.firm('chef'))), '[]', 'its owner verifies the chain');
select is(
    tap.error(w.who, format('select wedsync.verify_audit_chain(%L)', tap.firm('chef')), w.db_role) ->> 'sqlstate', w.state,
    coalesce(w.who, w.db_role) || ' does not'
)
from (
    values ('emma', 'authenticated', 'PT404'), ('helper', 'authenticated', 'PT404'), (null, 'authenticated', '42501'), (null, 'anon', '42501')
) as w (who, db_role, state);
delete from wedsync_data.suppliers where id = tap.firm('dj');
select is(
    (select array_agg(distinct l.change_type) from wedsync_data.audit_log as l where l.table_name = 'suppliers' and l.old_value ->> 'business_name' = 'Dj Ltd'),
    '{delete}', 'a supplier that is deleted leaves its trail'
);
select * from finish();
rollback;
