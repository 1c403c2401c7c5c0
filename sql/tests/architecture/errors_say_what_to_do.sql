begin;
select plan(35);
select tap.wedding('emma');
-- a message alone says which parameter or field, and which rule
select is(
    tap.error('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), '[]')) ->> 'message',
    'A parameter has an invalid value: patch (object)', 'parameter and rule are in the message'
);
select is(
    tap.error('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('emma'))) ->> 'message',
    'The current state does not allow this: the last partner cannot be removed', 'a rule without a parameter too'
);
select is(
    tap.error(
        'emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object('private.notes', repeat('x', 70000)))
    ) ->> 'message',
    'The request is too large: patch (at most 65536 bytes as text)', 'what is too large is told with the limit'
);
select is(
    tap.error(
        'emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), '{"a": 1, "bb": 1, "ccc": 1, "dddd": 1, "eeeee": 1}')
    ) ->> 'message',
    'Some fields are invalid: a (unknown_path), bb (unknown_path), ccc (unknown_path) and 2 more', 'the first three fields, and how many more'
);
select cmp_ok(
    length(tap.error('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object(repeat('y', 60000), 1))) ->> 'message'),
    '<', 200, 'a long name does not make a long message'
);

-- names that nobody knows
create temp table meant (given text, name text);
insert into meant values
('wedding.colour', 'wedding.colors'), ('weding.date', 'wedding.date'), ('guestCount', 'guest_count'), ('Wedding.Date', 'wedding.date'),
('wedding.ceremonyVenue.nmae', 'wedding.ceremonyVenue.name'), ('partner1Nmae', 'partner1Name'), ('qqqqqqqqqqqqqq', null), ('', null), ('é', null);
select is(
    tap.error(
        'emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object(m.given, 1))
    ) #>> '{detail,problems,0,did_you_mean}',
    m.name, 'did you mean: ' || m.given
) from meant as m;
select is(
    tap.error(
        'emma', format('select wedsync.grant_access(%L, %L, %L)', tap.couple('emma'), tap.supplier('chef', 'emma', '{basic}'), '{guest_nummbers,basik}')
    ) #> '{detail,problems}',
    '[{"path": "basik", "rule": "unknown_field", "did_you_mean": "basic"}, {"path": "guest_nummbers", "rule": "unknown_field", "did_you_mean": '
    '"guest_numbers"}]',
    'groups and levels are suggested where they can be named'
);
select is(
    (select count(*) from jsonb_array_elements(tap.error('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), (
        select jsonb_object_agg('wedding.dat' || n, 1) from generate_series(1, 2000) as n
    ))) #> '{detail,problems}') as p (v) where p.v ? 'did_you_mean'), 3::bigint, 'three guesses, however much nonsense comes'
);

-- every rule that a field can break has a meaning
create temp table wrong (patch jsonb);
insert into wrong values
('{"partner1_email": "emma"}'), ('{"partner1_phone": "call me"}'), ('{"budget.currency": "pounds"}'), ('{"budget.currency": 1}'), ('{"wedding.date": "soon"}'),
('{"wedding.guestCount.adults": -1}'), ('{"wedding.guestCount.adults": 1.5}'), ('{"budget.total": 1.234}'), ('{"wedding_colors": ["red"]}'),
('{"wedding_style": "boho"}'),
('{"partner1_name": 5}'), ('{"timeline.ceremonyTime": "25:00"}'), ('{"metadata.version": 3}'), ('{"wedding": 1}'), ('{"key_moments": [{"id": "x"}]}'),
('{"time_zone": "Nowhere"}');
select is(
    (select count(*) from jsonb_array_elements(e.detail -> 'problems') as p (v) where e.detail -> 'rules' ->> (p.v ->> 'rule') is null), 0::bigint,
    'the rule is explained: ' || w.patch::text
)
from wrong as w
cross join lateral (select tap.error('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), w.patch)) -> 'detail' as detail) as e;
select alike(
    tap.error('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), '{"partner1_email": "emma"}')) #>> '{detail,rules,email}',
    '%emma@example.org%', 'with an example'
);

-- a token whose sub is none
select is(
    tap.error(null, 'select wedsync.get_core_fields(gen_random_uuid())', 'authenticated', '{"sub": "auth0|1234", "role": "authenticated"}') - 'hint',
    '{"sqlstate": "42501", "message": "Sign in first: the sub claim must be a uuid", "detail": {"claim": "sub", "rule": "the sub claim must be a uuid"}}',
    'a sub that is no uuid is told'
);
select is(
    tap.error(null, 'select wedsync.get_core_fields(gen_random_uuid())', 'authenticated', '{"role": "authenticated"}') ->> 'message', 'Sign in first',
    'no sub is another matter'
);
select * from finish();
rollback;
