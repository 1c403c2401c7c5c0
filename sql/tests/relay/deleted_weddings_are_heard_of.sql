-- proves: F004-101
-- Who could read a wedding hears of its deletion, by ids alone, on every channel; its channels end behind that, and nothing of it is heard again.
begin;
select plan(72);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family')) as m (name, role);
-- the planner has another wedding, the caterer another couple
select tap.call('olivia', format('select wedsync.add_wedding_member(%L, %L, ''planner'')', tap.couple('olivia'), tap.id('paula')), 'service_role');
select tap.supplier(s.name, 'emma', s.fields)
from (values ('chef', '{wedding.guestCount}'::text[]), ('baker', '{basic}'), ('revoked', '{basic}'), ('quiet', '{basic}')) as s (name, fields);
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('olivia'), tap.firm('chef')));
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('revoked')));
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', auto_sync_enabled => false)', tap.couple('emma'), tap.firm('quiet')));
insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('menu'), tap.firm('chef'), 'Menu');
insert into wedsync_data.form_fields (form_id, name) values (tap.id('menu'), 'soup');
-- the words that nobody may find again
select tap.patch(
    'emma', 'emma', '{"budget.total": 31234, "private.notes": "secret", "couple.partner1.email": "secret@example.org", "wedding.guestCount.adults": 77}'
);
select tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "secret dance"}'')', tap.couple('emma')));
select tap.call('emma', format('select wedsync.submit_form_response(%L, %L, ''{"soup": "secret"}'')', tap.id('menu'), tap.couple('emma')));
select tap.call('chef', format('select wedsync.set_client_profile(%L, %L, notes => ''secret'')', tap.firm('chef'), tap.couple('emma')));
select tap.call(
    'chef', format('select wedsync.set_journey_progress(%L, %L, ''contract'', ''active'', ''{"fee": "secret"}'')', tap.firm('chef'), tap.couple('emma'))
);
select tap.call('emma', format('select wedsync.broadcast(%L, ''hello'', ''{"n": "secret"}'')', 'wedding:' || tap.couple('emma')));
select wedsync_internal.notify_suppliers();
select tap.call(
    null, format('select wedsync.broadcast(%L, ''notification'', %L)', 'supplier_' || tap.firm('chef'), jsonb_build_object('couple_id', c.id, 'data', c.word)),
    'service_role'
)
from (values (tap.couple('emma'), 'secret'), (tap.couple('olivia'), 'hers')) as c (id, word);
select tap.call('emma', format('select wedsync.touch_presence(%L, ''{"current_section": "secret"}'')', tap.couple('emma')));
select tap.call('olivia', format('select wedsync.touch_presence(%L)', tap.couple('olivia')));
select tap.patch('olivia', 'olivia', '{"partner2_name": "Oscar"}');

create temporary table wedding on commit drop as select tap.couple('emma') as id,
(select f.id from wedsync_data.core_fields as f where f.couple_id = tap.couple('emma')) as record_id;
create temporary table people (who text, role text) on commit drop;
insert into people select w.who, 'authenticated'
from unnest(array['emma', 'james', 'paula', 'fred', 'chef', 'baker', 'revoked', 'quiet', 'olivia', 'stranger']) as w (who);
insert into people values ('server', 'service_role');
create temporary table ears on commit drop as
select p.who, t.name,
    tap.join(
        p.who, t.topic,
        case when t.name = 'presence' then '{}' else '{"postgres_changes": [{"event": "DELETE", "schema": "wedsync", "table": "*"}]}'::jsonb end, 'tab', p.role,
        connection => p.who || t.name
    ) as joined
from people as p, wedding as w, lateral (values
    ('wedding', 'wedding:' || w.id), ('record', 'core_fields_' || w.id), ('presence', 'presence_' || w.id), ('core-fields', 'core-fields'),
    ('form-responses', 'form-responses'),
    ('journey-progress', 'journey-progress'), ('client-profiles', 'client-profiles'), ('hers', 'core_fields_' || tap.couple('olivia'))
) as t (name, topic);
delete from ears as e where tap.answer(e.joined) <> 'ok';
-- somebody who is away, and could go on
insert into wedsync_data.resume_points (user_id, session, topic, position, epoch)
select tap.id('james'), 'away', t.topic, '5:5:', e.epoch
from wedsync_data.stream_epoch as e, (values ('core_fields_' || tap.couple('emma')), ('core_fields_' || tap.couple('olivia'))) as t (topic);

-- who may
select is(tap.error(w.who, format('select wedsync.delete_wedding(%L)', w.id), w.role) ->> 'sqlstate', w.state, format('%s as %s', w.who, w.role))
from (values ('emma', 'authenticated', tap.couple('emma'), '42501'), ('olivia', 'authenticated', tap.couple('emma'), '42501'),
    ('emma', 'anon', tap.couple('emma'), '42501'),
    (null, 'service_role', null, '22023'), (null, 'service_role', tap.firm('chef'), 'PT404'),
    (null, 'wedsync_admin', gen_random_uuid(), 'PT404')) as w (who, role, id, state);
select is(count(*), 2::bigint, 'nothing was deleted') from wedsync_data.weddings;
create temporary table audited on commit drop as select count(*) as n from wedsync_data.audit_log as l join wedding as w on w.id = l.couple_id;
select tap.forget();
select tap.call('server', format('select wedsync.delete_wedding(%L)', w.id), 'service_role') from wedding as w;

create temporary table frames on commit drop as
select e.who, e.name, f.kind, f.payload::jsonb as payload, f.position
from wedsync_internal.next_frames(tap.node(), tap.start()) with ordinality as f (
    kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age, position
)
join ears as e on
    case when f.kind = 'moved' then to_jsonb(f.subscription_id) = e.joined -> 'subscription_id' else to_jsonb(f.group_id) = e.joined -> 'group_id' end;
-- heard by
create function pg_temp.recipients(kind text, event text) returns setof text language sql as $$
    select distinct f.who || ' on ' || f.name from frames as f
    where f.kind = $1 and coalesce(f.payload ->> 'event', f.payload #>> '{data,table}') = $2
$$;
create temporary table told (who text, name text) on commit drop;
insert into told select w.who, c.name
from unnest(array['emma', 'james', 'paula', 'fred', 'chef', 'baker', 'server']) as w (who), (values ('wedding'), ('record'), ('core-fields')) as c (name);
select bag_eq(
    $$ select pg_temp.recipients('broadcast', 'wedding_deleted') $$, $$ select t.who || ' on ' || t.name from told as t $$,
    'all who could read some of it are told'
);
select bag_eq($$ select pg_temp.recipients('postgres_changes', 'core_fields') $$, $$ select t.who || ' on ' || t.name from told as t $$, 'by a DELETE as well');
select bag_eq(
    $$
        select pg_temp.recipients(k.kind, k.event)
        from (values ('broadcast', 'form_responses_changed'), ('postgres_changes', 'form_responses')) as k (kind, event)
    $$,
    $$
        select w.who || ' on ' || c.name
        from unnest(array['emma', 'james', 'paula', 'chef', 'server']) as w (who), (values ('wedding'), ('form-responses')) as c (name), generate_series(1, 2)
    $$,
    'of an answer to a form those who read it'
);
select bag_eq(
    $$ select pg_temp.recipients('broadcast', k.event) from (values ('journey_progress_changed'), ('client_profiles_changed')) as k (event) $$,
    $$ select w.who || ' on ' || c.name from unnest(array['chef', 'server']) as w (who), (values ('journey-progress'), ('client-profiles')) as c (name) $$,
    'of what a supplier kept its people'
);
-- by ids alone
select is_empty(
    $$ select f.payload from frames as f where f.payload::text ~* '(secret|31234|dance|emma|"updatedById": "|"(old_)?record": \{[^}]*(name|guest|data))' $$,
    'nothing personal is in it'
);
select is(f.payload -> 'payload' -> 'data', jsonb_build_object('id', w.record_id, 'couple_id', w.id), 'data: ids') from frames as f, wedding as w
where f.who = 'fred' and f.name = 'record' and f.kind = 'broadcast';
select is(
    (f.payload #> '{payload,metadata}') - 'seq'::text,
    '{"table": "core_fields", "changed": [], "version": null, "operation": "DELETE", "supplierId": null, "updatedById": null}', 'metadata'
)
from frames as f where f.who = 'fred' and f.name = 'record' and f.kind = 'broadcast';
select is(f.payload #> '{data,old_record}', jsonb_build_object('id', w.record_id, 'couple_id', w.id), 'the DELETE has the row''s keys')
from frames as f, wedding as w where f.who = 'emma' and f.name = 'core-fields' and f.kind = 'postgres_changes';
-- and then the end
select bag_eq(
    $$ select f.who || ' on ' || f.name from frames as f where f.kind = 'moved' $$,
    $$ select e.who || ' on ' || e.name from ears as e where e.name in ('wedding', 'record', 'presence') $$,
    'the channels of the wedding end, all of them and no others'
);
select is((select array_agg(distinct f.payload ->> 'reason') from frames as f where f.kind = 'moved'), '{the wedding was deleted}'::text[], 'with the reason');
select ok(
    (select min(f.position) from frames as f where f.kind = 'moved') > (select max(f.position) from frames as f where f.kind <> 'moved'),
    'behind everything that is said'
);

-- a later change of rights does not take the last words away
select tap.call('olivia', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('olivia'), tap.id('paula')));
select is(
    (select count(*) from tap.heard('paula', 'wedding:' || w.id) as h where h.payload ->> 'event' = 'wedding_deleted'), 1::bigint,
    'who loses another right still hears it'
) from wedding as w;

-- afterwards
select is(tap.answer(tap.join(p.who, t.topic || w.id, role_name => p.role)), 'Unauthorized', p.who || ' cannot join ' || t.topic)
from people as p, wedding as w, (values ('wedding:'), ('core_fields_'), ('presence_')) as t (topic);
select is_empty(
    $$ select e.event_type, e.class from wedsync_data.events as e join wedding as w on w.id = e.couple_id where e.class <> 'purge' $$, 'its events are gone'
);
select is_empty($$ select m.topic from wedsync_data.messages as m where m.payload::text ~ 'secret' $$, 'so are its broadcasts, and what suppliers were told');
select is((select count(*) from wedsync_data.messages as m where m.payload ->> 'data' = 'hers'), 1::bigint, 'control: not those of others');
select is((select array_agg(distinct e.couple_id) from wedsync_data.presence_entries as e), array[tap.couple('olivia')], 'and its presence');
select is((select array_agg(r.topic) from wedsync_data.resume_points as r), array['core_fields_' || tap.couple('olivia')], 'and the positions on its channels');
select wedsync_internal.leave_topics(
    array(select tap.subscription(e.joined) from ears as e where e.name in ('record', 'hers')),
        array(select '7:7:' from ears as e where e.name in ('record', 'hers'))
);
select is(
    (select count(*) from wedsync_data.resume_points as r join wedding as w on r.topic = 'core_fields_' || w.id), 0::bigint,
    'whose socket breaks now leaves none'
);
select cmp_ok(
    (select count(*) from wedsync_data.resume_points as r where r.topic = 'core_fields_' || tap.couple('olivia')), '>', 1::bigint,
    'control: on other channels it does'
);
select is(
    (
        wedsync_internal.presence_apply(
            tap.node(),
            jsonb_build_array(
                jsonb_build_object('op', 'track', 'subscription_id', e.joined -> 'subscription_id', 'key', 'k', 'topic', 'x', 'meta', '{}'::jsonb)
            )
        )
    ) #>> '{results,0,problem}', 'the channel has ended', 'nobody becomes present there'
)
from ears as e where e.name = 'presence' and e.who = 'emma';
-- what was missed: the deletion itself, by who could read, and nothing else of it
create temporary table missed on commit drop as
select e.who, e.name, m.kind, m.payload::jsonb as payload
from ears as e, wedding as w, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), '3:3:') as m
where e.name in ('core-fields', 'form-responses', 'journey-progress', 'client-profiles') and m.couple_id = w.id;
select bag_eq(
    $$ select distinct m.who from missed as m where m.name = 'core-fields' $$, $$ select distinct t.who from told as t $$,
    'who was away is told on the channels that stay'
);
select is_empty(
    $$ select m.payload from missed as m where coalesce(m.payload #>> '{payload,metadata,operation}', m.payload #>> '{data,type}') <> 'DELETE' $$,
    'of the deletion only'
);
select is(tap.error(p.who, format('select * from wedsync.event_history(%L, 0)', w.id), p.role) ->> 'sqlstate', 'PT404', p.who || ' finds no history')
from people as p, wedding as w where p.who in ('emma', 'chef', 'server');
select cmp_ok(
    (select count(*) from wedsync_data.audit_log as l join wedding as w on w.id = l.couple_id), '>', (select a.n from audited as a),
    'the audit log stays, with the deletion'
);

-- whose only wedding it was comes back later
create temporary table late on commit drop as select w.who, tap.subscription(tap.join(w.who, 'core-fields')) as id
from unnest(array['emma', 'stranger', 'olivia', 'revoked', 'quiet']) as w (who);
select is(
    (
        select string_agg(distinct l.who, ' ') from late as l, wedding as w, wedsync_internal.missed_frames(l.id, tap.start()) as m
        where m.couple_id = w.id and m.payload ~ 'wedding_deleted'
    ), 'emma',
    'who has no wedding left is told as well, and nobody else'
);

-- the same by a plain statement of the owner
select tap.forget();
create temporary table filters on commit drop as select f.who, f.filter, f.n, tap.listen(f.who, f.topic, f.filter, event => 'DELETE') as joined from (values
    ('olivia', 'core-fields', 'version_number=gt.1000', 1::bigint), ('olivia', 'core_fields_' || tap.couple('olivia'), 'wedding_date=gt.2099-01-01', 1),
    ('olivia', 'core_fields_' || tap.couple('olivia'), 'couple_id=eq.' || tap.couple('olivia') || ',time_zone=eq.nowhere', 1),
    ('chef', 'core-fields', 'couple_id=eq.' || gen_random_uuid(), 0)
) as f (who, topic, filter, n);
delete from wedsync_data.weddings where id = (select l.couple_id from wedsync_data.wedding_members as l where l.user_id = tap.id('olivia'));
select is(
    (
        select count(*) from wedsync_internal.next_frames(tap.node(), tap.start()) as f
        where f.kind = 'postgres_changes' and to_jsonb(f.group_id) = x.joined -> 'group_id'
    ), x.n, 'a filter on a field keeps nobody from hearing it, one on ids does: ' || x.filter
) from filters as x;
select is((select count(*) from wedsync_data.weddings), 0::bigint, 'and it is gone');
select * from finish();
rollback;
