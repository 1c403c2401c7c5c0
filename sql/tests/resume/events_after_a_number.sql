-- proves: F004-59
-- data_sync: the events after a number, as the channel hears them, with the rights of now, a page at a time, counted and logged as a read.
begin;
select plan(29);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{basic}');
update wedsync_data.rate_limits set max_requests = null;
select tap.patch('emma', 'emma', jsonb_build_object('partner2_name', 'J' || g, 'budget.total', 31000 + g)) from generate_series(1, 5) as g;
select tap.patch('emma', 'emma', '{"budget.total": 31234}');
create temporary table joined on commit drop as
select w.who, (tap.join(w.who, t.topic) ->> 'subscription_id')::bigint as id, t.name
from (values ('emma', 'one'), ('chef', 'one'), ('emma', 'all')) as w (who, name),
    lateral (select case w.name when 'one' then 'core_fields_' || tap.couple('emma') else 'core-fields' end, w.name) as t (topic, name);
grant select on joined to wedsync_worker;
create function pg_temp.page(who text, after bigint default 0, n integer default 100, channel text default 'one') returns jsonb language sql
as $$
    select tap.call(
        null, format('select wedsync_internal.synced_events(%L, %L, %L)', (select j.id from joined as j where j.who = $1 and j.name = $4), after, n),
        'wedsync_worker'
    )::jsonb
$$;
create function pg_temp.seqs(page jsonb) returns bigint[] language sql
as $$ select array_agg((e #>> '{payload,metadata,seq}')::bigint) from jsonb_array_elements(page -> 'events') as e $$;
create temporary table whole on commit drop as select pg_temp.page('emma') as page;
select is(
    (select pg_temp.seqs(page) from whole), (select array_agg(e.seq order by e.seq) from wedsync_data.events as e where e.couple_id = tap.couple('emma')),
    'the couple gets all, in order'
);
select is(
    (select array_agg(distinct array[e ->> 'type', e #>> '{meta,replayed}']) from whole, jsonb_array_elements(page -> 'events') as e),
    array[array['broadcast', 'true']], 'as broadcasts that are sent again'
);
select is((select page -> 'more' from whole), 'false', 'and there is no more');
select is(
    (select page -> 'last_seq' from whole), (select to_jsonb(max(e.seq)) from wedsync_data.events as e where e.couple_id = tap.couple('emma')), 'up to the last'
);
-- rights
select is(
    (select count(*) from jsonb_array_elements(pg_temp.page('chef') -> 'events') as e where e::text ~ '[:,] ?(3100\d|31234)\M|budget'), 0::bigint,
    'nothing of the budget reaches a supplier'
);
select is(
    (
        select jsonb_agg(e #> '{payload,data}') from jsonb_array_elements(pg_temp.page('chef') -> 'events') as e
        where e #> '{payload,data}' ? 'couple.partner2.name'
    ), (select jsonb_agg(jsonb_build_object('couple.partner2.name', 'J' || g)) from generate_series(1, 5) as g), 'but its part of each change'
);
select cmp_ok(
    (pg_temp.page('chef') ->> 'last_seq')::bigint, '<', (select (page ->> 'last_seq')::bigint from whole),
    'and the number of what is hidden from it does not show at the end'
);
-- what cannot be heard costs next to nothing, however much of it there is
select tap.patch('emma', 'emma', jsonb_build_object('budget.total', 31300 + g)) from generate_series(1, 20) as g;
set local track_functions = 'pl';
select pg_temp.page('chef');
select is(
    (select f.calls from pg_stat_xact_user_functions as f where f.schemaname = 'wedsync_internal' and f.funcname = 'event_frames'),
    (
        select count(*) from wedsync_data.events as e
        where e.couple_id = tap.couple('emma') and (e.class <> 'durable' or not e.paths <@ '{budget.total,private.notes}')
    ),
    'hidden events are passed over'
);
set local track_functions = 'none';
-- pages
select is(pg_temp.page('emma', 3, 2) - 'events', '{"ok": true, "last_seq": 5, "more": true, "trimmed": false}', 'a page tells that there is more');
select is(pg_temp.seqs(pg_temp.page('emma', 3, 2)), '{4,5}', 'and where it ends');
select is(
    pg_temp.page('emma', 9223372036854775807), '{"ok": true, "events": [], "last_seq": 9223372036854775807, "more": false, "trimmed": false}',
    'nothing after the end'
);
update wedsync_data.events set changes = jsonb_build_object('couple.partner2.name', repeat('x', 150000))
where couple_id = tap.couple('emma') and paths @> '{couple.partner2.name}';
select is(
    (select array_agg(jsonb_array_length(pg_temp.page('chef', s.after) -> 'events')) from (values (0), (4)) as s (after)), '{2,1}',
    'a page of large events is short'
);
-- what retention has removed
create temporary table kept on commit drop as select e.* from wedsync_data.events as e where e.couple_id = tap.couple('emma') and e.seq <= 4;
delete from wedsync_data.events where couple_id = tap.couple('emma') and seq <= 4;
select is((pg_temp.page(x.who, x.after) -> 'trimmed')::text, x.trimmed, format('%s after %s', x.who, x.after)) from (values
    ('emma', 0::bigint, 'true'), ('emma', 3, 'true'), ('emma', 4, 'false'), ('chef', 3, 'true'), ('chef', 4, 'false'), ('emma', 1000, 'false')
) as x (who, after, trimmed);
insert into wedsync_data.events select k.* from kept as k;
-- refusals
select is(pg_temp.page(x.who, x.after, x.n, x.channel) ->> 'code', x.code, format('%s after %s, %s', x.channel, x.after, x.n)) from (values
    ('emma', 0::bigint, 100, 'all', 'SyncNotAvailable'), ('emma', -1, 100, 'one', 'MalformedSync'), ('emma', null, 100, 'one', 'MalformedSync'),
    ('emma', 0, 0, 'one', 'MalformedSync'),
    ('emma', 0, 501, 'one', 'MalformedSync'), ('emma', 0, null, 'one', 'MalformedSync'), ('emma', 0, 500, 'one', null), ('olivia', 0, 1, 'one', 'NotJoined')
) as x (who, after, n, channel, code);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.page('chef') ->> 'code', 'NotJoined', 'a right that was lost');
-- it is a read
select is(
    (select count(distinct l.user_id) from wedsync_data.access_log as l where l.couple_id = tap.couple('emma') and l.action = 'data_sync'), 1::bigint,
    'what a supplier read is in the access log'
);
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'core-fields-read';
select is(
    (select array_agg(pg_temp.page('emma') ->> 'code') from generate_series(1, 2)), '{NULL,SyncRateLimitReached}', 'and it counts against the limit of reads'
);
select * from finish();
rollback;
