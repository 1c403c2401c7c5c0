-- proves: C-30, C-48, C-52, C-69, F000-69, F001-01, F002-01, F002-06, F002-10, F002-11, F002-12, F002-13, F003-09, F004-08
-- Every channel of the catalogue against every kind of caller: rights come from the verified claims and nothing else.
begin;
select plan(9);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend'), ('gone', 'family')) as m (name, role);
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('gone')));
select tap.supplier('chef', 'emma', '{basic}');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id(m.name), 'staff'), 'service_role')
from (values ('sam'), ('fired')) as m (name);
select tap.call('chef', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id('fired')));
select tap.supplier('baker', 'emma', '{basic}');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('baker')));
select tap.supplier('florist', 'olivia', '{full}');
select tap.supplier('late', 'emma', '{basic}');
update wedsync_data.grants set valid_until = now() - interval '1 minute', valid_from = now() - interval '2 minutes' where grantee_id = tap.firm('late');
select tap.supplier('asking');
select tap.call('asking', format('select wedsync.request_access(%L, %L, %L)', tap.couple('emma'), tap.firm('asking'), '{full}'));

create temporary table actors (actor text primary key, claims jsonb) on commit drop;
insert into actors select n.name, tap.claims(n.name) from (values
    ('emma'), ('james'), ('paula'), ('fred'), ('frank'), ('gone'), ('olivia'), ('stranger'),
    ('chef'), ('sam'), ('fired'), ('baker'), ('florist'), ('late'), ('asking')
) as n (name);
insert into actors values
('service', '{"role": "service_role"}'), ('service for nobody known', tap.claims('nobody', 'service_role')),
('anonymous', '{"role": "anon"}'), ('anonymous with a name', tap.claims('emma', 'anon')), ('no role', jsonb_build_object('sub', tap.id('emma'))),
('nothing', '{}'), ('null', null), ('a made up role', tap.claims('emma', 'wedsync_owner')), ('sub is no uuid', '{"sub": "1 or true", "role": "authenticated"}'),
('sub is an object', '{"sub": {"a": 1}, "role": "authenticated"}'),
('claims of the app', '{"role": "anon", "user_metadata": {"role": "service_role"}, "supplier_id": "x"}'),
('role is a list', jsonb_build_object('sub', tap.id('emma'), 'role', '["authenticated"]'::jsonb));

create temporary table channels (topic text primary key, allowed text[]) on commit drop;
insert into channels
select c.prefix || tap.couple('emma'), '{emma,james,paula,fred,frank,chef,sam,service,service for nobody known}'::text[]
from (values ('core_fields_'), ('wedding:'), ('presence_')) as c (prefix)
union all
select c.prefix || tap.couple('olivia'), '{olivia,florist,service,service for nobody known}'
from (values ('core_fields_'), ('wedding:'), ('presence_')) as c (prefix)
union all
select 'supplier_' || tap.firm('chef'), '{chef,sam,service,service for nobody known}'
union all
select 'supplier_' || tap.firm('baker'), '{baker,service,service for nobody known}'
union all
select 'user_' || tap.id('emma'), '{emma,service,service for nobody known}'
union all
-- what a couple asks for is not what it is
select c.topic, '{}'
from (
    values ('core_fields_' || gen_random_uuid()), ('wedding:' || tap.firm('chef')), ('supplier_' || tap.couple('emma')), ('supplier_' || gen_random_uuid())
) as c (topic)
union all
select c.topic, '{chef,sam,baker,florist,late,asking,service,service for nobody known}'
from (values ('journey-progress'), ('client-profiles'), ('journey-progress-' || tap.id('stranger') || '-1737370000000')) as c (topic)
union all
-- the people of suppliers, and those of weddings who read the answers that they gave
select t.topic, '{chef,sam,baker,florist,late,asking,emma,james,paula,olivia,service,service for nobody known}'::text[]
from (values ('form-responses'), ('form-responses-' || tap.firm('chef') || '-1737370000000')) as t (topic)
union all
select t.topic, '{}' from (values ('form-responses-'), ('form-responses-a b'), ('form-responses-' || repeat('x', 121))) as t (topic)
union all
-- everybody who is signed in: hears what is within reach, which may be nothing
select c.topic,
    array(
        select a.actor from actors as a
        where a.claims ->> 'role' in ('authenticated', 'service_role') and (a.claims ->> 'role' = 'service_role' or a.claims ->> 'sub' ~ '^[0-9a-f-]{36}$')
    )
from (values ('core-fields'), ('system')) as c (topic);
-- claims that are a list are no role
update channels set allowed = array_remove(allowed, 'role is a list');

create temporary table answers on commit drop as
select c.topic, a.actor, a.actor = any (c.allowed) as expected,
    wedsync_internal.join_topic(tap.node(), a.claims, c.topic, null, gen_random_uuid()) as answer
from channels as c cross join actors as a;
select is_empty(
    'select a.topic, a.actor, a.expected, a.answer from answers as a where (a.answer ->> ''ok'')::boolean is distinct from a.expected',
    format('%s combinations of channel and caller', (select count(*) from answers))
);
select cmp_ok((select count(*) from answers as a where a.expected), '>', 80::bigint, 'control: many of them may');
select is_empty(
    'select a.answer from answers as a where a.answer -> ''ok'' = ''false'' and a.answer ->> ''code'' <> case when a.topic ~ ''^form-responses-(|a b|x+)$'' '
    'then ''UnknownTopic'' else ''Unauthorized'' end',
    'everybody else is told so'
);
select is_empty(
    'select a.answer from answers as a where not a.expected and coalesce(a.answer ->> ''reason'', '''') = ''''', 'with a reason'
);
select is(
    (
        select count(distinct replace(a.answer ->> 'reason', a.topic, '')) from answers as a
        where a.actor = 'stranger' and not a.expected and a.answer ->> 'code' = 'Unauthorized'
    ), 1::bigint,
    'the same one for what exists and for what does not'
);
select is(
    (select jsonb_object_agg(c.name, jsonb_build_array(a.answer -> 'can_broadcast', a.answer -> 'can_presence')) from answers as a
    join wedsync_data.channel_catalog as c on a.topic ~ c.pattern
        where a.actor = 'service' and a.expected),
    '{"core_fields": [false, true], "wedding": [true, true], "presence": [true, true], "supplier": [true, true], "user": [false, false], '
    '"core-fields": [false, false], '
    '"form-responses": [false, false], "journey-progress": [false, false], "client-profiles": [false, false], "system": [false, false]}',
    'what the channels allow beyond listening'
);
select is(
    (
        select array_agg(distinct g.principals::text) from answers as a join wedsync_data.subscription_groups as g on g.id = (a.answer ->> 'group_id')::bigint
        where a.topic = 'core-fields' and a.actor in ('chef', 'sam')
    ),
    array[format('{%s}', tap.firm('chef'))], 'people of one supplier are one audience'
);
select is((select count(*) from wedsync_data.subscriptions as s where s.user_id is null and not s.is_service), 0::bigint, 'nobody unknown has a subscription');
select is(
    (select count(*) from wedsync_data.subscriptions), (select count(*) from answers as a where a.expected), 'a refused join leaves nothing'
);
select * from finish();
rollback;
