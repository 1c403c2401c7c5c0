-- proves: F002-36
-- A dump restored into a younger cluster brings events of transactions that are yet to come there.
begin;
select plan(4);
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
select tap.back();
create temporary table node on commit drop as select gen_random_uuid() as id;
create temporary table first on commit drop as select wedsync_internal.register_node(n.id, 'test', 1) as answer from node as n;
select ok((wedsync_internal.join_topic(
    n.id, jsonb_build_object('sub', tap.id('emma'), 'role', 'authenticated'), 'core_fields_' || m.couple, null
) ->> 'ok')::boolean, 'emma listens') from node as n, made as m;
update wedsync_data.events set xid = '9000000000000';
select isnt_empty(
    $$ select f.kind from node as n, wedsync_internal.next_frames(n.id, pg_current_snapshot()::text) as f where f.kind = 'broadcast' $$,
    'such events look new at every look'
);
create temporary table second on commit drop as select wedsync_internal.register_node(n.id, 'test', 1) as answer from node as n;
select is_empty(
    $$ select f.kind from node as n, second as s, wedsync_internal.next_frames(n.id, s.answer ->> 'cursor') as f where f.kind = 'broadcast' $$,
    'a worker that registers counts them as read'
);
select isnt(
    (select f.answer ->> 'epoch' from first as f), (select s.answer ->> 'epoch' from second as s), 'and gives the stream a new name'
);
select * from finish();
rollback;
