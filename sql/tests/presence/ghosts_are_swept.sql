-- proves: F002-33, F003-10, F004-24
-- People whose process, channel or lease has ended are gone at once for readers, and everybody is told within a sweep.
begin;
select plan(11);
select tap.wedding('emma');
create function pg_temp.topic() returns text language sql as $$ select 'presence_' || tap.couple('emma') $$;
create function pg_temp.present(node text, key text) returns bigint language plpgsql
as $$
declare
    id constant bigint := tap.subscription(tap.join('emma', pg_temp.topic(), '{}', key, node => node));
begin
    perform wedsync_internal.presence_apply(
        tap.node(node), jsonb_build_array(jsonb_build_object('op', 'track', 'subscription_id', id, 'key', key, 'meta', jsonb_build_object('tab', key)))
    );
    return id;
end
$$;
create temporary table seats on commit drop as select w.node, w.key, pg_temp.present(w.node, w.key) as id
from (values ('alive', 'stays'), ('alive', 'closed'), ('killed', 'killed'), ('unregistered', 'unregistered'), ('alive', 'swept away')) as w (node, key);
create function pg_temp.state() returns text[] language sql as $$
    select array(select k from jsonb_object_keys(wedsync_internal.presence_state(pg_temp.topic()) -> 'state') as k order by 1)
$$;
select is(pg_temp.state(), '{closed,killed,stays,"swept away",unregistered}'::text[], 'five tabs');
select wedsync_internal.end_lease(tap.node('killed'));
select is(pg_temp.state(), '{closed,stays,"swept away",unregistered}'::text[], 'a process that is declared dead takes its people along at once');
select wedsync_internal.unregister_node(tap.node('unregistered'));
select wedsync_internal.leave_topics(array[(select s.id from seats as s where s.key = 'closed')]);
select is((wedsync_internal.presence_state(pg_temp.topic()) ->> 'version')::integer, 5, 'nobody was told yet');
select is(wedsync_internal.sweep_presence(), 3, 'the sweep finds the three');
select is((wedsync_internal.presence_state(pg_temp.topic()) ->> 'version')::integer, 8, 'and tells of each');
select is(pg_temp.state(), '{stays,"swept away"}'::text[], 'others stay');
select is(wedsync_internal.sweep_presence(), 0, 'once');
update wedsync_data.relay_nodes set lease_until = now() - interval '1 second' where node = tap.id('alive');
select is(pg_temp.state(), '{}'::text[], 'a process whose lease ran out');
select is((select count(*) from tap.rows('emma', 'select * from wedsync.user_presence')), 0::bigint, 'for readers too');
select ok(wedsync_internal.touch_node(tap.id('alive')), 'that renews it in time');
select is(pg_temp.state(), '{stays,"swept away"}'::text[], 'brings them back');
select * from finish();
rollback;
