-- proves: F000-32, F000-33, F000-34, F000-36, F000-37, F002-23, F000-38, C-21, C-24, C-48, C-54, C-63
-- The names of the sources exist as views with their columns, so that existing queries read on, each for those concerned only.
begin;
select plan((34 + (select count(*) from pg_class as c where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v'))::integer);
select is_empty(
    format(
        $$ select unnest(%L::text[]) except select a.attname from pg_attribute as a where a.attrelid = 'wedsync.%I'::regclass and a.attnum > 0 $$, v.columns,
        v.name
    ),
    v.name || ' has the columns of the source'
)
from (values
    (
        'core_fields_audit',
        '{id,core_field_id,couple_id,changed_field,old_value,new_value,change_type,changed_by,changed_by_type,supplier_id,change_reason,ip_address,user_agent,'
        'version_before,version_after,changed_at}'
    ),
    ('core_field_mappings', '{id,form_id,form_field_name,core_field_path,transformation_rule,auto_populate,created_at,updated_at}'),
    (
        'core_fields_permissions',
        '{id,couple_id,supplier_id,readable_fields,writable_fields,auto_sync_enabled,notification_preferences,status,approved_by,approved_at,requested_at,'
        'last_accessed}'
    ),
    ('supplier_couple_connections', '{id,supplier_id,couple_id,status,permissions,created_at}'),
    ('user_profiles', '{id,user_type,supplier_id,couple_id}'),
    ('forms', '{id,supplier_id,name}'),
    ('couples', '{id,partner1_name,partner2_name,wedding_date}'),
    ('weddings', '{id,couple_id,wedding_date}'),
    ('clients', '{id,supplier_id,couple_id,can_view_guests,can_view_budget,can_edit_timeline,data_access_level}'),
    ('wedding_details', '{couple_id,ceremony_venue_name,ceremony_venue_address,guest_count_total}'),
    ('supplier_permissions', '{can_view_guests,can_view_budget,can_edit_timeline,data_access_level}')
) as v (name, columns);
select is_empty(
    $$ select c.relname, a.attname, t.typname from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
    join pg_type as t on t.oid = a.atttypid
    where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v' and t.typname in ('bit', 'varbit', 'bytea', 'xid8', 'record', 'unknown') $$,
    'no view has a column that JSON cannot carry'
);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select tap.supplier('dj', 'emma', '{timeline}');
select tap.supplier('baker', 'olivia', '{basic}');

select is(tap.call(p.who, 'select count(*) from wedsync.core_fields_permissions', p.db_role), p.n, 'permissions seen by ' || coalesce(p.who, p.db_role))
from (
    values ('emma', 'authenticated', '2'), ('olivia', 'authenticated', '1'), ('chef', 'authenticated', '1'), ('paula', 'authenticated', '0'),
        ('fred', 'authenticated', '0'), ('stranger', 'authenticated', '0'), (null, 'authenticated', '0'), (null, 'service_role', '3')
) as p (who, db_role, n);
select is(tap.call(p.who, 'select count(*) from wedsync.supplier_couple_connections'), p.n, 'connections seen by ' || p.who)
from (values ('emma', '2'), ('chef', '1'), ('fred', '0'), ('stranger', '0')) as p (who, n);
select is(
    (select r - '{id,couple_id,approved_at,requested_at}'::text[] from tap.rows('chef', 'select * from wedsync.core_fields_permissions') as r),
    jsonb_build_object(
        'supplier_id', tap.firm('chef'), 'readable_fields', '["basic", "guest_numbers"]'::jsonb, 'writable_fields', '["guest_numbers"]'::jsonb,
        'requested_fields', '[]'::jsonb,
        'requested_writable_fields', '[]'::jsonb, 'request_version', 0, 'auto_sync_enabled', true, 'notification_preferences',
        '{"updates": true, "changes": true}'::jsonb, 'status', 'approved', 'approved_by', tap.id('emma'), 'last_accessed', null
    ), 'what a supplier sees of itself'
);
select tap.call('chef', format('select wedsync.get_core_fields(%L)', tap.couple('emma')));
select isnt(
    tap.call('emma', format('select last_accessed from wedsync.core_fields_permissions where supplier_id = %L', tap.firm('chef'))), null,
    'last_accessed after a read'
);
select isnt(tap.call('chef', 'select last_sync_at from wedsync.core_fields'), null, 'which is the supplier''s last_sync_at');
select is(tap.call('emma', 'select last_sync_at from wedsync.core_fields'), null, 'and not the couple''s');
select is((select r - 'couple_id' from tap.rows('paula', 'select id, user_type, supplier_id, couple_id, role from wedsync.user_profiles') as r),
    jsonb_build_object('id', tap.id('paula'), 'user_type', 'couple', 'supplier_id', null, 'role', 'planner'), 'user_profiles: a member');
select is((select r from tap.rows('chef', 'select id, user_type, supplier_id, couple_id, role from wedsync.user_profiles') as r),
    jsonb_build_object('id', tap.id('chef'), 'user_type', 'supplier', 'supplier_id', tap.firm('chef'), 'couple_id', null, 'role', 'owner'),
    'user_profiles: a supplier');
select is(tap.call('stranger', 'select count(*) from wedsync.user_profiles'), '0', 'nobody sees other people''s profiles');
select is(tap.call('fred', 'select count(*) from wedsync.wedding_members'), '3', 'members see the members of their wedding');
select is(tap.call('chef', 'select count(*) from wedsync.wedding_members'), '0', 'suppliers do not');
select is(tap.call('chef', 'select count(*) from wedsync.supplier_members'), '1', 'suppliers see their own people only');
select is(tap.error(null, 'select * from wedsync.' || v.name, 'anon') ->> 'sqlstate', '42501', 'anonymous reads nothing of ' || v.name)
from (select c.relname as name from pg_class as c where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v') as v;
select * from finish();
rollback;
