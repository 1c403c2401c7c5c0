-- proves: F000-86, F002-36
-- A restored backup or a promoted standby may have lost what readers remember: the first worker that attaches begins a new epoch.
begin;
select no_plan();
select tap.wedding('emma');
create function pg_temp.epoch() returns text language sql as $$ select wedsync_internal.register_node(tap.node(), 'test', 1) ->> 'epoch' $$;
create temporary table first on commit drop as select pg_temp.epoch() as epoch;
select matches((select e.holder from wedsync_data.stream_epoch as e), '^\d+:[0-9A-F]{8}:\d+$', 'a worker notes which database holds the log');
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
select is((select count(distinct s.epoch) from seen as s), 4::bigint, 'another cluster, another timeline and a table made anew: each is another history');
select is(pg_temp.epoch(), (select s.epoch from seen as s where s.part = 3), 'which then goes on');
select is(tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', 'tab') ->> 'resync', 'true', 'who would go on from before reads a fresh snapshot');

-- a number that a transaction of this cluster bears now may stand in a log that came from another one
select tap.forget();
update wedsync_data.events set xid = pg_current_xact_id();
select pg_temp.held_elsewhere(1);
select isnt(pg_temp.epoch(), (select s.epoch from seen as s where s.part = 3), 'again another one');
select is_empty($$ select from wedsync_internal.next_frames(tap.node(), tap.start()) as f where f.kind in ('broadcast', 'postgres_changes') $$, 'what was restored is not taken for new');
select * from finish();
rollback;
