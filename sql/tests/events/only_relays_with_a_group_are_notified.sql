-- A relay that sleeps makes writers ring only if somebody there hears the wedding: of many relays, some always sleep.
begin;
select plan(6);
select tap.wedding('emma');
select tap.wedding('olivia');
select wedsync_internal.register_node('aaaaaaaa-0000-4000-8000-000000000001', 'here', 1);
select is(wedsync_internal.has_idle_relay(tap.couple('emma')), false, 'nobody joined, nobody waits');
select wedsync_internal.join_topic(
    'aaaaaaaa-0000-4000-8000-000000000001', jsonb_build_object('sub', tap.id('emma'), 'role', 'authenticated'), 'core_fields_' || tap.couple('emma'), null
);
select wedsync_internal.set_node_awake('aaaaaaaa-0000-4000-8000-000000000001', true);
select is(wedsync_internal.has_idle_relay(tap.couple('emma')), false, 'a relay that is awake looks by itself');
select wedsync_internal.set_node_awake('aaaaaaaa-0000-4000-8000-000000000001', false);
select is(wedsync_internal.has_idle_relay(tap.couple('emma')), true, 'asleep, it waits for the wedding that somebody joined');
select is(wedsync_internal.has_idle_relay(tap.couple('olivia')), false, 'and for no other');
select is(wedsync_internal.is_any_relay_idle(), true, 'though it sleeps');
update wedsync_data.relay_nodes set lease_until = now() - interval '1 second';
select is(wedsync_internal.has_idle_relay(tap.couple('emma')), false, 'a relay whose lease has run out is gone');
select * from finish();
rollback;
