-- proves: F000-18, C-03
-- Servers written after the sources send last_updated_by, updated_at and last_sync_at with every update: what they say is not believed.
begin;
select plan(5);
select tap.wedding('emma');
select is(
    tap.run('emma', format(
        $$
            update wedsync.core_fields set wedding_style = '{rustic}', last_updated_by = %L, updated_at = '2001-01-01', last_sync_at = '2001-01-01'
            where couple_id = %L
        $$,
        tap.id('mallory'), tap.couple('emma')
    )), 1::bigint, 'an update with columns of the server passes'
);
select is(tap.state('emma') #> '{row,wedding_style}', '["rustic"]', 'and stores what it may');
select is(tap.call('emma', 'select last_updated_by from wedsync.core_fields')::uuid, tap.id('emma'), 'who changed it is who is signed in');
select cmp_ok(tap.call('emma', 'select updated_at from wedsync.core_fields')::timestamptz, '>', '2002-01-01'::timestamptz, 'and when is now');
select is(
    tap.error('emma', 'update wedsync.core_fields set version_number = 99') ->> 'sqlstate', 'PT422',
    'a version is no column to set: it could be meant as the version that was read'
);
select * from finish();
rollback;
