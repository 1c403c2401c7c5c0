-- proves: F000-33
-- A supplier whose sync is switched off hears nothing from that moment on, and hears again when it is switched on.
begin;
select plan(8);
select tap.wedding('emma');
select tap.supplier('chef');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, %L)', tap.couple('emma'), tap.firm('chef'), '{guest_numbers}'));
create temporary table ears on commit drop as select tap.subscription(tap.join('chef', 'core_fields_' || tap.couple('emma'))) as id;
select tap.forget();
create function pg_temp.stands() returns boolean language sql as $$
    select s.group_id is not null from wedsync_data.subscriptions as s join ears as e on e.id = s.id
$$;
create function pg_temp.told() returns bigint language sql
as $$
    select count(*) from wedsync_internal.next_frames(tap.node(), tap.start()) as f join ears as e on e.id = f.subscription_id
    where f.kind = 'moved' and f.group_id is null
$$;
select is(pg_temp.stands(), true, 'the channel stands');
select is(pg_temp.told(), 0::bigint, 'and nothing was said');
update wedsync_data.connections as c set auto_sync_enabled = true where c.couple_id = tap.couple('emma');
select is(pg_temp.stands(), true, 'what is on stays on');
update wedsync_data.connections as c set auto_sync_enabled = false where c.couple_id = tap.couple('emma');
select is(pg_temp.stands(), false, 'without sync it has no audience');
select is(pg_temp.told(), 1::bigint, 'and is told');
select is(tap.answer(tap.join('chef', 'core_fields_' || tap.couple('emma'))) <> 'ok', true, 'nor can it be joined');
update wedsync_data.connections as c set auto_sync_enabled = true where c.couple_id = tap.couple('emma');
select is(tap.answer(tap.join('chef', 'core_fields_' || tap.couple('emma'))), 'ok', 'until it is switched on again');
delete from wedsync_data.connections as c where c.couple_id = tap.couple('emma');
select is(
    (select count(*) from wedsync_data.subscriptions as s where s.user_id = tap.id('chef') and s.group_id is not null), 0::bigint,
    'a connection that is deleted ends its channels'
);
select * from finish();
rollback;
