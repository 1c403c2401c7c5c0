-- proves: F003-73
-- The leader reads the log once, and gets for every process that is fed exactly what that process would have read itself.
begin;
select plan(18);
select tap.wedding('emma');
select wedsync_internal.register_node(tap.node(n.name), 'test', 1, true) from (values ('one'), ('two')) as n (name);
select wedsync_internal.register_node(tap.node('alone'), 'test', 1);
select tap.join('emma', 'core_fields_' || tap.couple('emma'), node => n.name) from (values ('one'), ('two'), ('alone')) as n (name);
select tap.forget();
update wedsync_data.core_fields set private_notes = 'shh' where couple_id = tap.couple('emma');
select wedsync.broadcast('core_fields_' || tap.couple('emma'), 'hello', '{"n": 1}');

-- each frame but the moment at which it was made
create function pg_temp.frames(node uuid)
returns table (kind text, group_id bigint, subscription_id bigint, couple_id uuid, seq bigint, payload jsonb, for_node uuid, xid xid8)
language sql
as $$
    select f.kind, f.group_id, f.subscription_id, f.couple_id, f.seq, f.payload::jsonb #- '{payload,server_timestamp}', f.for_node, f.xid
    from wedsync_internal.next_frames($1, tap.start()) as f where f.kind <> 'cursor'
$$;
create temporary view fed as select f.* from pg_temp.frames(null) as f;
create temporary view own as select f.* from (values ('one'), ('two')) as n (name), pg_temp.frames(tap.node(n.name)) as f;
select cmp_ok((select count(*) from own), '>=', 4::bigint, 'control: both processes have something to hear');
select bag_eq('select * from fed', 'select * from own', 'the same, read once');
select is((select count(*) from fed where for_node = tap.node('alone')), 0::bigint, 'nothing for who reads for itself');
select is((select count(*) from fed where xid is distinct from pg_current_xact_id() and kind <> 'moved'), 0::bigint, 'each with its transaction');
select is((select l.readers from wedsync_internal.notify_load() as l), 2::bigint, 'a ring wakes two: the leader of both, and who reads for itself');

-- rights that move are told to those that are fed
select tap.forget();
delete from wedsync_data.wedding_members where couple_id = tap.couple('emma') and user_id = tap.id('emma');
select bag_eq(
    $$ select for_node, group_id from fed where kind = 'moved' $$,
    $$ select tap.node(n.name), null::bigint from (values ('one'), ('two')) as n (name) $$, 'a lost right is told to each'
);

-- the lead
select is(wedsync_internal.lead_relays(tap.node('one')) @> array[tap.node('one'), tap.node('two')], true, 'the first who asks leads those that are fed');
select is(wedsync_internal.lead_relays(tap.node('one')) @> array[tap.node('alone')], false, 'and nobody else');
select is(wedsync_internal.lead_relays(tap.node('two')), null, 'one at a time');
select wedsync_internal.resign_relays(tap.node('two'));
select is(wedsync_internal.lead_relays(tap.node('two')), null, 'only the leader can resign');
select wedsync_internal.resign_relays(tap.node('one'));
select isnt(wedsync_internal.lead_relays(tap.node('two')), null, 'who resigns makes room');
update wedsync_data.relay_leadership set lease_until = now() - interval '1 second';
select isnt(wedsync_internal.lead_relays(tap.node('one')), null, 'so does who does not renew the lease');
select wedsync_internal.end_lease(tap.node('one'));
select isnt(wedsync_internal.lead_relays(tap.node('two')), null, 'so does who is declared dead');
select is(wedsync_internal.lead_relays(tap.node('one')), null, 'who is dead cannot lead');
select wedsync_internal.unregister_node(tap.node('two'));
select is((select l.leader from wedsync_data.relay_leadership as l), null, 'nor who has left');
select is(wedsync_internal.lead_relays(gen_random_uuid()), null, 'nor a stranger');

-- awake or asleep
select wedsync_internal.register_node(tap.node('three'), 'test', 1, true);
select wedsync_internal.set_node_awake(null, false);
select is(
    (select array_agg(n.node order by n.node) from wedsync_data.relay_nodes as n where not n.awake),
    array(select n.node from wedsync_data.relay_nodes as n where n.fed order by n.node), 'the leader sleeps for all that are fed'
);
select wedsync_internal.register_node(tap.node('four'), 'test', 1, true);
select is((select n.awake from wedsync_data.relay_nodes as n where n.node = tap.node('four')), false, 'and for who comes later');
select * from finish();
rollback;
