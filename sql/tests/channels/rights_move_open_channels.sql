-- proves: C-30, F002-10, F002-13
-- Grants, revocations and memberships move open channels to another audience, or end them, in the transaction that changes the rights.
begin;
select plan(32);
select tap.wedding('emma');
select tap.supplier(s.name, 'emma', '{basic}') from (values ('chef'), ('baker'), ('cook')) as s (name);
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('fred'), 'family'), 'service_role');
create function pg_temp.topic() returns text language sql as $$ select 'core_fields_' || tap.couple('emma') $$;
select tap.listen(w.who, pg_temp.topic()) from (values ('emma'), ('chef'), ('sam'), ('baker'), ('cook'), ('fred')) as w (who);
create function pg_temp.audience(who text) returns bigint language sql as $$
    select s.group_id from wedsync_data.subscriptions as s where s.user_id = tap.id(who) and s.topic = pg_temp.topic() and s.active order by s.id desc limit 1
$$;
-- Subscriptions told to move since tap.forget: name, whether they still have an audience, and the reason.
create function pg_temp.moves() returns setof text language sql
as $$
    select format('%s %s%s', p.name, case when f.group_id is null then 'ended' else 'moved' end, ': ' || nullif(left(f.payload::jsonb ->> 'reason', 40), ''))
    from wedsync_internal.next_frames(tap.node(), tap.start()) as f
    join wedsync_data.subscriptions as s on s.id = f.subscription_id
    join (values ('emma'), ('chef'), ('sam'), ('baker'), ('cook'), ('fred'), ('paula')) as p (name) on tap.id(p.name) = s.user_id
    where f.kind = 'moved' order by 1
$$;
-- equal rights and equal bindings are one audience
select is(pg_temp.audience('sam'), pg_temp.audience('chef'), 'colleagues share an audience');
select is(pg_temp.audience('baker'), pg_temp.audience('chef'), 'and so do suppliers with equal rights');
select isnt(pg_temp.audience('emma'), pg_temp.audience('chef'), 'the couple is another');
select tap.listen('cook', pg_temp.topic(), 'version_number=gt.0');
select isnt(pg_temp.audience('cook'), pg_temp.audience('baker'), 'other bindings, another audience');
select is((
    select count(*) from wedsync_data.subscription_groups as g
    where g.topic = pg_temp.topic() and exists (select from wedsync_data.subscriptions as s where s.group_id = g.id)
),
    (
        select count(distinct (g.readable, g.bindings)) from wedsync_data.subscription_groups as g
        where g.topic = pg_temp.topic() and exists (select from wedsync_data.subscriptions as s where s.group_id = g.id)
    ),
    'as many audiences as there are different rights and bindings');

-- more
select tap.forget();
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{full}'')', tap.couple('emma'), tap.firm('chef')));
select results_eq('select pg_temp.moves()', array['chef moved', 'sam moved'], 'a grant moves the people of the supplier');
select is(
    pg_temp.audience('chef') = pg_temp.audience('sam') and pg_temp.audience('chef') <> pg_temp.audience('baker'), true, 'to another audience than before'
);
select tap.forget();
select tap.patch('emma', 'emma', '{"partner1_email": "e@example.org"}');
select is((select count(*) from tap.heard(w.who, pg_temp.topic())), w.n, w.who || ' hears it now')
from (values ('chef', 2::bigint), ('sam', 2::bigint), ('baker', 0::bigint)) as w (who, n);
select tap.forget();
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{full}'')', tap.couple('emma'), tap.firm('chef')));
select is_empty('select pg_temp.moves()', 'the same rights again move nobody');
-- less
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.audience('chef'), pg_temp.audience('baker'), 'with equal rights they are one audience again');
-- none
select tap.forget();
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select tap.patch('emma', 'emma', '{"partner2_name": "James"}');
select results_eq(
    'select pg_temp.moves()', array['chef ended: You do not have permissions to read from', 'sam ended: You do not have permissions to read from'],
    'a revocation ends them, with a reason'
);
select is_empty(
    format(
        'select f.* from wedsync_internal.next_frames(tap.node(), tap.start()) as f where f.group_id = (select f.group_id from wedsync_data.subscriptions as f '
        'where f.user_id = %L and f.topic = %L)',
        tap.id('chef'), pg_temp.topic()
    ), 'nothing after it reaches them'
);
select is((select count(*) from tap.heard('baker', pg_temp.topic())), 2::bigint, 'control: others hear it');
select ok(
    (select s.active from wedsync_data.subscriptions as s where s.user_id = tap.id('chef') and s.topic = pg_temp.topic() limit 1),
    'the worker closes the channel when it was told'
);
-- a revocation that is undone by a rollback moves nobody
select tap.forget();
select tap.outcome('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('baker')));
select is_empty('select pg_temp.moves()', 'what is rolled back moves nobody');
-- automatic sync
select tap.forget();
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', auto_sync_enabled => false)', tap.couple('emma'), tap.firm('baker')));
select results_eq('select pg_temp.moves()', array['baker ended: You do not have permissions to read from'], 'without automatic sync a supplier hears nothing');
select tap.join('baker', 'core-fields', '{"postgres_changes": [{"table": "core_fields"}]}');
select tap.patch('emma', 'emma', '{"partner2_name": "Jamie"}');
select is((select count(*) from tap.heard('baker', 'core-fields')), 0::bigint, 'over no channel');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('baker')));
select is(tap.answer(tap.listen('baker', pg_temp.topic())), 'ok', 'with it again, the supplier joins again');

-- a filter on what becomes hidden
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{couple,wedding_basics}'')', tap.couple('emma'), tap.firm('cook')));
select tap.listen('cook', pg_temp.topic(), 'partner1_email=like.%@%');
select isnt(pg_temp.audience('cook'), null, 'a filter on a visible column');
select tap.forget();
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{wedding_basics}'')', tap.couple('emma'), tap.firm('cook')));
select ok(exists (select from pg_temp.moves() as m where m like 'cook ended: column partner1_email%'), 'ends when the column becomes hidden');
select is(tap.answer(tap.listen('cook', pg_temp.topic())), 'ok', 'the channel itself may be joined without it');

-- people of the wedding
select tap.forget();
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget}'')', tap.couple('emma'), tap.id('fred')));
select results_eq('select pg_temp.moves()', array['fred moved'], 'a grant to a member moves that member');
select tap.forget();
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select results_eq('select pg_temp.moves()', array['fred ended: You do not have permissions to read from'], 'who is removed hears nothing more');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('paula'), 'friend'), 'service_role');
select tap.listen('paula', pg_temp.topic());
select tap.forget();
update wedsync_data.wedding_members set wedding_role = 'planner' where user_id = tap.id('paula');
select results_eq('select pg_temp.moves()', array['paula moved'], 'another role is another audience');
select tap.forget();
update wedsync_data.wedding_roles set readable_names = '{wedding_basics}', writable_names = '{}' where wedding_role = 'planner';
select results_eq('select pg_temp.moves()', array['paula moved'], 'and so are other rights of the role');
-- somebody who joins a supplier
select tap.forget();
select tap.call('baker', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('baker'), tap.id('paula'), 'staff'), 'service_role');
select results_eq('select pg_temp.moves()', array['paula moved'], 'who starts to work for a supplier hears what it hears, with what the person heard before');
-- channels without a wedding in their name look rights up as events come: nobody has to move
select tap.join('sam', 'core-fields', '{"postgres_changes": [{"table": "core_fields"}]}');
select tap.forget();
select tap.patch('emma', 'emma', '{"partner2_name": "Jim"}');
select is((select count(*) from tap.heard('sam', 'core-fields')), 0::bigint, 'nothing for a supplier without rights');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('chef')));
select tap.forget();
select tap.patch('emma', 'emma', '{"partner2_name": "James"}');
select is((select count(*) from tap.heard('sam', 'core-fields')), 2::bigint, 'and all that it may see once they are given');
-- server tokens keep what they have
select tap.join(null, pg_temp.topic(), role_name => 'service_role');
select tap.forget();
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), f.id))
from (values (tap.firm('chef')), (tap.firm('cook'))) as f (id);
select is((select count(*) from wedsync_data.subscriptions as s where s.is_service and s.moved_xid is not null), 0::bigint, 'the server does not move');
-- the supplier's own channel
select tap.call('baker', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('baker'), tap.id('sam'), 'staff'), 'service_role');
select tap.join('sam', 'supplier_' || tap.firm('baker'));
select tap.call('baker', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('baker'), tap.id('sam')));
select is(
    (select s.group_id from wedsync_data.subscriptions as s where s.user_id = tap.id('sam') and s.topic like 'supplier_%'), null, 'ends with the membership'
);
select * from finish();
rollback;
