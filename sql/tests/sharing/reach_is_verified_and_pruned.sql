-- proves: F003-65
-- What is stored about rights can be checked, rebuilt and pruned, and nobody gets anything by the id under which trusted server roles stand there.
begin;
select plan(33);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select tap.hire('chef', 'cook', 'staff');
create function pg_temp.drift() returns setof text language sql as $$
    select d.object collate "default" from wedsync_internal.reach_drift() as d order by d.object collate "C"
$$;
create function pg_temp.of(who text) returns text language sql as $$ select format('reach of user %s at wedding %s', tap.id(who), tap.couple('emma')) $$;
create function pg_temp.chef_reads() returns text language sql as $$
    select tap.call('chef', format('select count(*) from wedsync.core_fields where couple_id = %L', tap.couple('emma')))
$$;

select is_empty('select pg_temp.drift()', 'as the triggers left it, nothing differs');
update wedsync_data.reach set readable = repeat('1', 128)::bit(128) where user_id = tap.id('chef');
select results_eq('select pg_temp.drift()', array[pg_temp.of('chef')], 'a right that was written by hand is found');
select wedsync_internal.rebuild_reach();
select is_empty('select pg_temp.drift()', 'and mended');
update wedsync_data.reach set mask_id = (select m.id from wedsync_data.visibility_masks as m where m.sees_all limit 1) where user_id = tap.id('chef');
select results_eq('select pg_temp.drift()', array[pg_temp.of('chef')], 'so is another mask than that of the rights');
select wedsync_internal.rebuild_reach();
delete from wedsync_data.reach where user_id = tap.id('cook');
select results_eq('select pg_temp.drift()', array[pg_temp.of('cook')], 'a row that is missing');
set local session_replication_role = replica;
update wedsync_data.grants set state = 'revoked' where grantee_id = tap.firm('chef');
set local session_replication_role = origin;
select results_eq('select pg_temp.drift()', array[pg_temp.of('chef')], 'one that should be missing, of a grant that ended with triggers switched off');
select is(pg_temp.chef_reads(), '1', 'which still gives what it gave');
select wedsync_internal.rebuild_reach();
select is(pg_temp.chef_reads(), '0', 'until reach is rebuilt');
-- a span that ends or begins by itself fires no trigger: the clock of a transaction stands still, so the span is moved
update wedsync_data.grants set state = 'approved' where grantee_id = tap.firm('chef') and state = 'revoked';
select is(pg_temp.chef_reads(), '1', 'control: granted again');
create function pg_temp.moved(from_moment timestamptz, until_moment timestamptz, what text) returns setof text language plpgsql as $$
begin
    update wedsync_data.reach set valid_from = from_moment, valid_until = until_moment where user_id = tap.id('chef');
    return next is(pg_temp.chef_reads(), '0', what || ' nobody reads by the view');
    return next is(tap.error('chef', format('select wedsync.get_core_fields(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404', what || ' nor by the function');
    return next is(tap.patch_error('chef', 'emma', '{"wedding.guestCount.adults": 7}') ->> 'sqlstate', 'PT404', what || ' nor writes');
    return next is(
        tap.error('chef', format('select wedsync.get_audit_trail(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404', what || ' nor its history'
    );
end
$$;
select pg_temp.moved(now() - interval '1 hour', now(), 'after its end');
select pg_temp.moved(now() + interval '1 microsecond', 'infinity', 'before its beginning');
select wedsync_internal.rebuild_reach();
select is(pg_temp.chef_reads(), '1', 'control: within it');
delete from wedsync_data.grants where grantee_id = tap.firm('chef');
update wedsync_data.visibility_masks set withheld_fields = '{}' where not sees_all;
select cmp_ok((select count(*) from pg_temp.drift() as d where d like 'visibility mask %'), '>=', 1::bigint, 'a mask that shows something else is found');
select wedsync_internal.rebuild_reach();
select is_empty('select pg_temp.drift()', 'and mended');
select is(tap.error(r.who, 'select * from wedsync_internal.reach_drift()', r.role) ->> 'sqlstate', '42501', r.role || ' verifies nothing')
from (values ('emma', 'authenticated'), (null, 'service_role')) as r (who, role);
select is(tap.error(null, 'select wedsync_internal.rebuild_reach()', 'wedsync_admin'), null, 'administrators rebuild it');

-- the id of the servers in a claim
select is(
    tap.call(null, 'select count(*) from wedsync.core_fields', 'authenticated', c.claims), '0',
    'a claim with the id of the servers reads nothing: ' || c.claims::text
)
from (values ('{"sub": "ffffffff-ffff-ffff-ffff-ffffffffffff"}'::jsonb), ('{"sub": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"}')) as c (claims);
select is(
    tap.error(
        null, format($$ select wedsync.update_core_fields(%L, '{"wedding.style": ["rustic"]}') $$, tap.couple('emma')), 'authenticated',
        '{"sub": "ffffffff-ffff-ffff-ffff-ffffffffffff"}'
    ) ->> 'sqlstate',
    'PT404', 'and writes nothing'
);
insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role) values (tap.couple('emma'), 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'friend');
select is(
    (select (r.readable = repeat('1', 128)::bit(128), r.wedding_role) from wedsync_data.reach as r where r.user_id = wedsync_internal.server_reader()),
    row(true, null::text), 'a member of that name changes nothing for the servers'
);
select is(
    tap.call(null, 'select count(*) from wedsync.core_fields', 'authenticated', '{"sub": "ffffffff-ffff-ffff-ffff-ffffffffffff"}'), '0', 'and gets nothing'
);
select is(tap.call(null, 'select count(*) from wedsync.core_fields', r.role), '1', 'control: ' || r.role || ' reads')
from (values ('service_role'), ('wedsync_admin')) as r (role);

-- spans that are over, and masks that nobody has
insert into wedsync_data.reach select r.couple_id, tap.id('ghost'), s.valid_from, s.valid_until, r.mask_id, r.readable, r.writable, true, null, '{}'
from wedsync_data.reach as r,
    (values (now() - interval '3 days', now() - interval '25 hours'), (now() - interval '25 hours', now() - interval '1 hour')) as s (valid_from, valid_until)
where r.user_id = tap.id('emma');
select is(wedsync_internal.run_job('prune_reach'), 1, 'a span goes a day after its end');
select is((select array_agg(r.valid_until) from wedsync_data.reach as r where r.user_id = tap.id('ghost')), array[now() - interval '1 hour'], 'not sooner');
select wedsync_internal.keep_visibility_masks(array_agg(i::bit(128))) from generate_series(1, 10) as i;
-- as many more as are worth it; describing them all would take most of a minute
insert into wedsync_data.visibility_masks (readable, sees_all, shows, withheld_fields, masked_columns, masked_keys)
select i::bit(128), false, '{}', '{}', '{}', '{}' from generate_series(11, 1100) as i;
select wedsync_internal.prune_reach();
select cmp_ok((select count(*) from wedsync_data.visibility_masks), '<', 20::bigint, 'masks that nobody has go when they are many');
select * from finish();
rollback;
