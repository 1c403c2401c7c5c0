-- proves: F002-36, C-15
-- What a client missed is, frame for frame and in the same order, what its audience was sent meanwhile, marked as replayed.
begin;
select plan(15);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier(s.name, 'emma', '{basic}') from (values ('chef'), ('baker')) as s (name);
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{full}'')', tap.couple('olivia'), tap.firm('chef')));
insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('menu'), tap.firm('chef'), 'Menu');
insert into wedsync_data.form_fields (form_id, name) values (tap.id('menu'), 'soup');
insert into wedsync_data.free_topics values ('^topic:', 'chats');
create temporary table ears on commit drop as
select w.who, w.role, t.topic, t.config, tap.join(w.who, t.topic, t.config, role_name => w.role) as joined
from (
    values ('emma', 'authenticated'), ('olivia', 'authenticated'), ('chef', 'authenticated'), ('baker', 'authenticated'), ('server', 'service_role'),
        (null, 'service_role')
) as w (who, role),
    (values (
        'core_fields_' || tap.couple('emma'),
        '{"postgres_changes": [{"table": "core_fields", "filter": "version_number=gt.3"}, {"table": "core_fields", "event": "DELETE"}]}'::jsonb
    ),
        ('wedding:' || tap.couple('emma'), '{"postgres_changes": [{"table": "*"}]}'), ('core-fields', '{"postgres_changes": [{"table": "core_fields"}]}'),
        ('form-responses', '{"postgres_changes": [{"table": "form_responses"}]}'),
        ('journey-progress', '{}'), ('client-profiles', '{"postgres_changes": [{"schema": "public"}]}'), ('presence_' || tap.couple('emma'), '{}'),
        ('supplier_' || tap.firm('chef'), '{}'), ('system', '{}'),
        ('topic:a', '{"private": true}'), ('topic:a', '{}')) as t (topic, config);
select tap.forget();
-- life
select tap.patch('emma', 'emma', jsonb_build_object('partner2_name', 'J' || g, 'budget.total', g)) from generate_series(1, 4) as g;
select tap.patch('olivia', 'olivia', jsonb_build_object('partner1_email', 'o' || g || '@example.org')) from generate_series(1, 3) as g;
select tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Cake", "description": "tiers"}'')', tap.couple('emma')));
select tap.call('chef', format('select wedsync.set_journey_progress(%L, %L, ''s%s'', ''done'')', tap.firm('chef'), tap.couple(c.name), c.name))
from (values ('emma'), ('olivia')) as c (name);
select tap.call('baker', format('select wedsync.set_client_profile(%L, %L, ''x'')', tap.firm('baker'), tap.couple('emma')));
select tap.call('emma', format('select wedsync.submit_form_response(%L, %L, ''{"soup": "leek"}'')', tap.id('menu'), tap.couple('emma')));
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('fred'), 'family'), 'service_role');
select wedsync.broadcast(m.topic, 'hello', jsonb_build_object('n', m.n), m.private) from (values
    ('wedding:' || tap.couple('emma'), 1, true), ('supplier_' || tap.firm('chef'), 2, true), ('system', 3, true), ('topic:a', 4, true), ('topic:a', 5, false),
    ('wedding:' || tap.couple('emma'), 6, false), ('system', 7, false), ('presence_' || tap.couple('emma'), 8, true)
) as m (topic, n, private);
select tap.run(null, format('delete from wedsync_data.core_fields where couple_id = %L', tap.couple('olivia')), 'wedsync_admin');

create function pg_temp.bare(payload text) returns jsonb language sql
as $$ select (payload::jsonb #- '{meta,replayed}') #- '{payload,server_timestamp}' $$;
create temporary view sent as
select e.who, e.topic, e.config, f.n, f.kind, f.couple_id, f.seq, pg_temp.bare(f.payload) as payload
from ears as e
join wedsync_internal.next_frames(tap.node(), tap.start()) with ordinality as f (
    kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age, n
)
    on e.joined -> 'group_id' = to_jsonb(f.group_id)
where f.kind in ('broadcast', 'postgres_changes');
create temporary view missed as
select e.who, e.topic, e.config, f.n, f.kind, f.couple_id, f.seq, pg_temp.bare(f.payload) as payload, f.payload::jsonb as raw
from ears as e,
    lateral wedsync_internal.missed_frames(tap.subscription(e.joined), tap.start()) with ordinality as f (
        kind, group_id, for_subscription, couple_id, seq, payload, n
    )
where e.joined -> 'ok' = 'true';
create function pg_temp.list(what text) returns table (who text, topic text, config jsonb, frames jsonb) language plpgsql
as $$
    begin return query execute format(
        'select f.who, f.topic, f.config, jsonb_agg(jsonb_build_array(f.kind, f.couple_id, f.seq, f.payload) order by f.n) from %I as f group by 1, 2, 3', what
    );
    end
$$;
select cmp_ok((select count(*) from pg_temp.list('sent')), '>=', 25::bigint, 'control: many audiences heard something');
select cmp_ok((select count(*) from sent), '>=', 120::bigint, 'control: and much');
select is_empty($$ select * from pg_temp.list('sent') except select * from pg_temp.list('missed') $$, 'all that was sent was missed');
select is_empty($$ select * from pg_temp.list('missed') except select * from pg_temp.list('sent') $$, 'and nothing else');
select is_empty(
    $$ select m.raw from missed as m where m.kind = 'broadcast' and m.raw #> '{meta,replayed}' is distinct from 'true' $$,
    'broadcasts say that they are replayed'
);
select is_empty($$ select m.raw from missed as m where m.kind = 'postgres_changes' and m.raw ? 'meta' $$, 'rows are as ever');
-- the order: per wedding and per topic by sequence number
select is_empty($$
    select * from (select f.*, lag(f.seq) over (partition by f.who, f.topic, f.config, f.couple_id order by f.n) as before from sent as f) as f
    where f.before > f.seq
$$, 'frames come in the order of their sequence numbers');
-- a filter on what was there, hidden fields and other suppliers are in neither; and nothing after the position
select is_empty(
    format(
        'select f.* from missed as f where f.topic = %L and f.kind = ''postgres_changes'' and (f.payload #>> ''{data,record,version_number}'')::integer <= 2',
        'core_fields_' || tap.couple('emma')
    ), 'filters count in what was missed'
);
select is(
    (
        select count(*)
        from ears as e,
            lateral wedsync_internal.missed_frames(
                tap.subscription(e.joined), pg_current_xact_id()::text || ':' || (pg_current_xact_id()::text::bigint + 1) || ':'
            ) as f where e.joined -> 'ok' = 'true'
    ), 0::bigint, 'nothing that was visible at the position'
);
select is(
    (
        select count(*)
        from ears as e,
            lateral wedsync_internal.missed_frames(
                tap.subscription(e.joined), format('%1$s:%2$s:%1$s', pg_current_xact_id(), pg_current_xact_id()::text::bigint + 1)
            ) as f where e.joined -> 'ok' = 'true'
    ),
    (select count(*) from sent), 'but all of a transaction that was under way then'
);
select is((
    select count(*) from wedsync_internal.next_frames(tap.node(), format('%1$s:%2$s:%1$s', pg_current_xact_id(), pg_current_xact_id()::text::bigint + 1)) as f
    where f.kind in ('broadcast', 'postgres_changes')
),
    (select count(*) from wedsync_internal.next_frames(tap.node(), tap.start()) as f where f.kind in ('broadcast', 'postgres_changes')),
    'and so for live frames');
select is(
    (select array_agg(f.kind) from wedsync_internal.next_frames(tap.node(), tap.start()) with ordinality as f where f.ordinality = 1), '{cursor}'::text[],
    'the cursor comes first'
);
select is((select count(*) from wedsync_internal.missed_frames(u.id, '3:3:')), 0::bigint, 'nothing for no subscription')
from (values (-1::bigint), (null)) as u (id);
select wedsync_internal.leave_topics(array(select tap.subscription(e.joined) from ears as e where e.joined -> 'ok' = 'true'));
select is((select count(*) from missed), 0::bigint, 'nor for one that has ended');
select * from finish();
rollback;
