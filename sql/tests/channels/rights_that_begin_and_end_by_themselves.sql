-- proves: C-30, F002-10
-- A right that runs out, or begins, by the clock: nothing is heard without a right, and nothing is lost by whoever has some left.
begin;
select plan(19);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('fred'), 'family'), 'service_role');
select tap.supplier(s.name, 'emma', '{basic}') from (values ('chef'), ('baker')) as s (name);
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget}'')', tap.couple('emma'), tap.id('fred')));
create function pg_temp.topic() returns text language sql as $$ select 'core_fields_' || tap.couple('emma') $$;
update wedsync_data.grants set valid_until = now() + interval '1 hour' where grantee_id in (tap.id('fred'), tap.firm('chef'));
select tap.listen(w.who, pg_temp.topic()) from (values ('emma'), ('fred'), ('chef'), ('baker')) as w (who);
select is(
    (select s.valid_until from wedsync_data.subscriptions as s where s.user_id = tap.id(w.who)),
    case when w.ends then now() + interval '1 hour' else 'infinity' end, w.who || ': when that ends is known'
)
from (values ('emma', false), ('fred', true), ('chef', true), ('baker', false)) as w (who, ends);
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 41, "partner2_name": "J1"}');
select is((select count(*) from tap.heard(w.who, pg_temp.topic()) as h where h.kind <> 'resync'), 2::bigint, w.who || ' hears it while the right lasts')
from (values ('fred'), ('chef'), ('baker')) as w (who);
-- an hour later: the clock of a transaction stands still, so the rights are an hour older
select set_config('session_replication_role', 'replica', true);
update wedsync_data.grants set valid_from = valid_from - interval '2 hours', valid_until = valid_until - interval '2 hours' where valid_until < 'infinity';
update wedsync_data.subscription_groups set valid_until = valid_until - interval '2 hours' where valid_until < 'infinity';
update wedsync_data.subscriptions set valid_until = valid_until - interval '2 hours' where valid_until < 'infinity';
select set_config('session_replication_role', 'origin', true);
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 42, "partner2_name": "J2"}');
select is((select string_agg(distinct h.kind, ' ') from tap.heard(w.who, pg_temp.topic()) as h), 'resync', w.who || ' is told to join again')
from (values ('fred'), ('chef')) as w (who);
select is((select string_agg(h.payload::text, '') from tap.heard(w.who, pg_temp.topic()) as h), null, w.who || ' gets nothing of the change with it')
from (values ('fred'), ('chef')) as w (who);
select is((select count(*) from tap.heard('baker', pg_temp.topic())), 2::bigint, 'control: whose right goes on hears it');
select is(tap.answer(tap.listen('chef', pg_temp.topic())), 'Unauthorized', 'who has nothing left is refused');
-- going on from before: what is still allowed is there
select tap.listen('fred', pg_temp.topic());
select is((select array_agg(f.payload::jsonb #> '{payload,data}' order by f.seq) from wedsync_data.subscriptions as s,
    lateral wedsync_internal.missed_frames(s.id, '3:3:') as f
    where s.user_id = tap.id('fred') and s.valid_until = 'infinity' and f.kind = 'broadcast' and f.payload like '%J2%'),
    array['{"couple.partner2.name": "J2"}'::jsonb], 'and who has some left gets that part');
-- the next renewal of the lease works all of it out
select tap.forget();
select ok(wedsync_internal.touch_node(tap.node()), 'the lease is renewed');
select results_eq(
    format(
        'select s.user_id from wedsync_internal.next_frames(tap.node(), tap.start()) as f join wedsync_data.subscriptions as s on s.id = f.subscription_id '
        'where f.kind = ''moved'' and f.group_id is null'
    ),
    array[tap.id('chef')], 'and ends what has ended'
);
-- a right that is yet to begin
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('chef')));
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget}'')', tap.couple('emma'), tap.id('fred')));
update wedsync_data.grants set valid_from = now() + interval '1 hour', valid_until = 'infinity' where grantee_id in (tap.id('fred'), tap.firm('chef'));
select is(tap.answer(tap.listen('chef', pg_temp.topic())), 'Unauthorized', 'not yet');
select tap.listen('fred', pg_temp.topic());
select is(
    (select s.valid_until from wedsync_data.subscriptions as s where s.user_id = tap.id('fred') order by s.id desc limit 1), now() + interval '1 hour',
    'when a right begins is known'
);
select set_config('session_replication_role', 'replica', true);
update wedsync_data.grants set valid_from = now() - interval '1 minute' where grantee_id in (tap.id('fred'), tap.firm('chef'));
update wedsync_data.subscription_groups set valid_until = now() - interval '1 minute' where valid_until < 'infinity';
update wedsync_data.subscriptions set valid_until = now() - interval '1 minute' where valid_until < 'infinity';
select set_config('session_replication_role', 'origin', true);
select wedsync_internal.touch_node(tap.node());
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 43}');
select is(
    (select h.payload #> '{payload,data}' from tap.heard('fred', pg_temp.topic()) as h where h.kind = 'broadcast'), '{"budget.total": 43}',
    'and the open channel has it then'
);
select * from finish();
rollback;
