-- proves: F000-40, F000-18, F001-20, C-07
-- version_number, updated_at and last_updated_by tell a supplier nothing about leaves that it may not read.
begin;
select plan(14);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''partner'')', tap.couple('emma'), tap.id('james')), 'service_role');
select tap.supplier('chef', 'emma', '{basic}');
create temporary table before on commit drop as
select r from tap.rows('chef', 'select * from wedsync.core_fields') as r;

select tap.patch('james', 'emma', '{"budget.total": 1000, "private.notes": "surprise", "couple.partner1.phone": "+44 1"}');
select tap.patch('james', 'emma', '{"budget.total": 2000}');
select tap.call('james', format($$ select wedsync.add_list_element(%L, 'family_vips', '{"name": "Gran"}') $$, tap.couple('emma')));
select is(
    tap.call('chef', 'select version_number from wedsync.core_fields'), (select r ->> 'version_number' from before), 'version_number stays'
);
select is(
    (select r -> 'updated_at' from tap.rows('chef', 'select updated_at from wedsync.core_fields') as r), (select r -> 'updated_at' from before),
    'updated_at stays'
);
select is(
    (select r -> 'last_updated_by' from tap.rows('chef', 'select last_updated_by from wedsync.core_fields') as r), (select r -> 'last_updated_by' from before),
    'last_updated_by stays'
);
select is(
    (select r - '{last_sync_at}'::text[] from tap.rows('chef', 'select * from wedsync.core_fields') as r), (select r - '{last_sync_at}'::text[] from before),
    'nothing in the row differs'
);
select is(
    tap.call('chef', format('select wedsync.get_core_fields(%L) #>> ''{metadata,version}''', tap.couple('emma'))), (select r ->> 'version_number' from before),
    'nor the version in the document'
);
select cmp_ok(
    tap.call('emma', 'select version_number from wedsync.core_fields')::integer, '>', (select (r ->> 'version_number')::integer from before),
    'control: a partner sees a new version'
);
select is(tap.call('emma', 'select last_updated_by from wedsync.core_fields')::uuid, tap.id('james'), 'control: and by whom');

-- base_version is no oracle either
select is(
    tap.error('chef', format('select wedsync.update_core_fields(%L, ''{"wedding.style": ["boho"]}'', %s)', tap.couple('emma'), v.version)) ->> 'sqlstate',
    '42501', 'a supplier that may not write learns nothing from base_version ' || v.version
)
from (select (r ->> 'version_number')::integer + 1 as version from before) as v;
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', ''{wedding.style}'')', tap.couple('emma'), tap.firm('chef')));
select is(
    tap.patch_error('chef', 'emma', '{"wedding.style": ["boho"]}', (select (r ->> 'version_number')::integer + 1 from before)) -> 'detail' ->> 'parameter',
    'base_version', 'a version that the supplier cannot have read is refused, whether or not it exists'
);
select is(
    tap.patch_error('chef', 'emma', '{"wedding.style": ["boho"]}', 9999) -> 'detail',
    tap.patch_error('chef', 'emma', '{"wedding.style": ["boho"]}', (select (r ->> 'version_number')::integer + 1 from before)) -> 'detail',
    'in the same words as one that does not'
);
select is(
    (tap.patch('chef', 'emma', '{"wedding.style": ["boho"]}', (select (r ->> 'version_number')::integer from before)) -> 'changed')::text,
    '["wedding.style"]', 'with the version that it read the supplier writes'
);
select cmp_ok(
    tap.call('chef', 'select version_number from wedsync.core_fields')::integer, '>', (select (r ->> 'version_number')::integer from before),
    'control: a visible change raises the version'
);

-- nor of when others read
select tap.supplier('dj', 'emma', '{basic}');
select tap.call('chef', format('select wedsync.get_core_fields(%L)', tap.couple('emma')));
update wedsync_data.connections set last_accessed_at = case supplier_id when tap.firm('chef') then timestamptz '2026-01-01' else '2026-02-02' end
where couple_id = tap.couple('emma');
select is(
    (select (r ->> 'last_sync_at')::timestamptz from tap.rows('chef', 'select last_sync_at from wedsync.core_fields') as r), '2026-01-01'::timestamptz,
    'a supplier sees when it read last, not when others did'
);
select is(
    (select (r ->> 'last_sync_at')::timestamptz from tap.rows('dj', 'select last_sync_at from wedsync.core_fields') as r), '2026-02-02'::timestamptz,
    'each its own'
);
select * from finish();
rollback;
