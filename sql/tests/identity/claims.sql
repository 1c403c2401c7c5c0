-- proves: F000-25, F000-94, F003-13, C-03, C-30, C-52
-- The caller is the sub of the claims, the capacity the database role; a claim about the role gives nothing.
begin;
select plan(26);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select is(tap.call(null, 'select wedsync_internal.current_user_id()', 'authenticated', c.claims)::text, c.who, 'sub of ' || c.claims::text)
from (values ('{}'::jsonb, null), ('{"sub": "emma"}', null), ('{"sub": ""}', null), ('{"sub": null}', null),
    ('{"sub": ["11111111-1111-1111-1111-111111111111"]}', null),
    ('{"sub": "11111111-1111-1111-1111-111111111111"}', '11111111-1111-1111-1111-111111111111'), ('{"SUB": "11111111-1111-1111-1111-111111111111"}', null),
    ('{"sub": "11111111-1111-1111-1111-111111111111; drop table x"}', null), ('{"user_id": "11111111-1111-1111-1111-111111111111"}', null)) as c (claims, who);
select is(
    tap.call('stranger', 'select wedsync_internal.is_service()', r.db_role, r.claims), r.expected, format('%s claiming %s', r.db_role, r.claims ->> 'role')
)
from (
    values ('authenticated', '{"role": "service_role"}'::jsonb, 'false'), ('authenticated', '{"role": "wedsync_owner"}', 'false'),
        ('service_role', '{"role": "authenticated"}', 'true'), ('wedsync_admin', '{}', 'true')
) as r (db_role, claims, expected);
select is(tap.call('stranger', 'select count(*) from wedsync.core_fields', more => '{"role": "service_role"}'), '0', 'a forged role claim shows nothing');
select is(
    tap.error(
        'stranger', format('select wedsync.get_core_fields(%L)', tap.couple('emma')), more => '{"role": "service_role", "is_admin": true, "couple_id": "x"}'
    ) ->> 'sqlstate', 'PT404', 'and opens no function'
);
select is(
    tap.error(
        'chef', format('select wedsync.update_core_fields(%L, ''{"budget.total": 1}'')', tap.couple('emma')), more => '{"role": "wedsync_admin"}'
    ) ->> 'sqlstate', '42501', 'nor a field'
);
select is(
    tap.call(null, format('select count(*) from wedsync.core_fields where couple_id = %L', tap.couple('emma')), 'service_role'), '1',
    'control: the database role does'
);
select is(tap.call(null, 'select wedsync_internal.current_user_id()', 'authenticated'), null, 'no claims, nobody');
select tap.become('emma');
select set_config('request.jwt.claims', 'not json', true);
select throws_ok('select wedsync.get_core_fields(gen_random_uuid())', '22P02', null, 'claims that are no JSON are refused, not ignored');
select tap.back();

-- one person in several capacities
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''friend'')', tap.couple('emma'), tap.id('chef')), 'service_role');
select is(tap.call('chef', 'select count(*) from wedsync.core_fields'), '1', 'a friend who is a supplier is one row');
select isnt(tap.call('chef', 'select partner1_name from wedsync.core_fields'), null, 'with the rights of both');
select is((tap.call('chef', 'select count(*) from wedsync.user_profiles')), '2', 'and two profiles');

-- columns of clients are never believed
select tap.run('emma', format('update wedsync.core_fields set last_updated_by = %L', tap.id('james')));
select is(tap.call('emma', 'select last_updated_by from wedsync.core_fields')::uuid, tap.id('emma'), 'nobody writes last_updated_by');
select tap.patch('emma', 'emma', '{"wedding_style": ["x"]}');
select is(
    (select (l.actor_id, l.actor_type)::text from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') order by l.id desc limit 1),
    format('(%s,couple)', tap.id('emma')), 'the actor is who called'
);
select tap.call(null, format('select wedsync.update_core_fields(%L, ''{"wedding_style": ["y"]}'')', tap.couple('emma')), 'service_role');
select is(
    (select (l.actor_id, l.actor_type)::text from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') order by l.id desc limit 1), '(,service)',
    'a server without a person is a server'
);
update wedsync_data.core_fields set wedding_style = '{z}' where couple_id = tap.couple('emma');
select is(
    (select (l.actor_id, l.actor_type)::text from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') order by l.id desc limit 1), '(,system)',
    'a statement of nobody is the system''s'
);
select * from finish();
rollback;
