-- proves: F002-36
-- A restored backup or a promoted standby may have lost what readers remember: the first worker that attaches begins a new epoch.
begin;
select plan(17);
select tap.wedding('emma');
create function pg_temp.epoch() returns text language sql as $$ select wedsync_internal.register_node(tap.node(), 'test', 1) ->> 'epoch' $$;
-- a managed cluster
revoke execute on function pg_catalog.pg_control_system(), pg_catalog.pg_current_wal_lsn() from public;
create temporary table untold on commit drop as select pg_temp.epoch() as epoch;
select matches((select e.holder from wedsync_data.stream_epoch as e), '^-:-:\d+:\d+$', 'what a cluster does not tell is left out');
select is(pg_temp.epoch(), (select epoch from untold), 'and is no other history the next time');
grant execute on function pg_catalog.pg_control_system(), pg_catalog.pg_current_wal_lsn() to public;

create temporary table first on commit drop as select pg_temp.epoch() as epoch;
select matches((select e.holder from wedsync_data.stream_epoch as e), '^\d+:[0-9A-F]{8}:\d+:\d+$', 'a worker notes which database holds the log');
select is(pg_temp.epoch(), (select epoch from first), 'one that comes back to it finds the same history');
select tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'tab');

create function pg_temp.held_elsewhere(part integer) returns void language sql as $$
    update wedsync_data.stream_epoch as e set holder = (
        select string_agg(case when p.n = part then translate(p.text, '0123456789', '1234567890') else p.text end, ':' order by p.n)
        from string_to_table(e.holder, ':') with ordinality as p (text, n)
    )
$$;
create temporary table seen on commit drop as select 0 as part, epoch from first;
select wedsync_internal.leave_topics(array_agg(s.id), array_agg(text '5:5:')) from wedsync_data.subscriptions as s;
select pg_temp.held_elsewhere(1);
insert into seen values (1, pg_temp.epoch());
select pg_temp.held_elsewhere(2);
insert into seen values (2, pg_temp.epoch());
select pg_temp.held_elsewhere(3);
insert into seen values (3, pg_temp.epoch());
select pg_temp.held_elsewhere(4);
insert into seen values (4, pg_temp.epoch());
select is((select count(distinct s.epoch) from seen as s), 5::bigint, 'another cluster, timeline, database or table: each is another history');
select is(pg_temp.epoch(), (select s.epoch from seen as s where s.part = 4), 'which then goes on');
select is(tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'tab') ->> 'resync', 'true', 'who would go on from before reads a fresh snapshot');

select is(tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'unheard of') ->> 'resync', 'true', 'so does who may have been known to what was lost');
update wedsync_data.stream_epoch set lost_end_at = now() - interval '2 hours';
select is(tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'new') ->> 'resync', 'false', 'but not for ever');

-- a crash empties the unlogged tables
delete from wedsync_data.relay_leadership;
delete from wedsync_data.relay_nodes;
select is(pg_temp.epoch(), (select s.epoch from seen as s where s.part = 4), 'a crash of the server loses nothing of the history');
select is(
    tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'on a dead process') ->> 'resync', 'true',
    'but how far those had come whose process was dead by then'
);
update wedsync_data.stream_epoch set lost_sockets_at = now() - interval '2 hours';
select is(tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'newer') ->> 'resync', 'false', 'which is forgotten after a while');

-- files of an earlier time
create function pg_temp.comes_back(ahead integer, known text default null) returns text language sql as $$
    select wedsync_internal.register_node(
        tap.node(), 'test', 1, false, coalesce(known::uuid, e.epoch), format('%1$s:%1$s:', pg_snapshot_xmax(pg_current_snapshot())::text::bigint + ahead)
    ) ->> 'epoch'
    from wedsync_data.stream_epoch as e
$$;
select is(pg_temp.comes_back(-1), (select s.epoch from seen as s where s.part = 4), 'a worker that knows less than the database finds its history');
select is(
    pg_temp.comes_back(1000000, gen_random_uuid()::text), (select s.epoch from seen as s where s.part = 4), 'what it knows of another history says nothing'
);
select isnt(pg_temp.comes_back(1000000), (select s.epoch from seen as s where s.part = 4), 'one that has seen what is still to come says that the end is lost');

-- a number that a transaction of this cluster bears now may stand in a log that came from another one
select tap.forget();
update wedsync_data.events set xid = pg_current_xact_id();
select pg_temp.held_elsewhere(4);
select isnt(pg_temp.epoch(), (select s.epoch from seen as s where s.part = 4), 'again another one');
select is_empty(
    $$ select from wedsync_internal.next_frames(tap.node(), tap.start()) as f where f.kind in ('broadcast', 'postgres_changes') $$,
    'what was restored is not taken for new'
);
select * from finish();
rollback;
