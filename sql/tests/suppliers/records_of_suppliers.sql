-- proves: F002-05, F002-07, F002-13, C-30
-- Journeys and client profiles belong to one supplier: its people write and read them, nobody else does, the couple neither.
begin;
select plan(63);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier(s.name, 'emma', '{basic}') from (values ('chef'), ('baker')) as s (name);
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
create function pg_temp.journey(
    who text, firm text default 'chef', partner text default 'emma', step text default 'contract', status text default 'active', details jsonb default '{}',
    role_name text default 'authenticated'
) returns text language sql
as $$
    select coalesce(
        tap.error(
            who, format('select wedsync.set_journey_progress(%L, %L, %L, %L, %L)', tap.firm(firm), tap.couple(partner), step, status, details), role_name
        ) ->> 'sqlstate', 'passes'
    )
$$;
create function pg_temp.profile(
    who text, firm text default 'chef', partner text default 'emma', display_name text default 'The Emmas', status text default 'booked',
    notes text default 'shh', role_name text default 'authenticated'
) returns text language sql
as $$
    select coalesce(
        tap.error(
            who, format('select wedsync.set_client_profile(%L, %L, %L, %L, %L)', tap.firm(firm), tap.couple(partner), display_name, status, notes), role_name
        ) ->> 'sqlstate', 'passes'
    )
$$;
select is(pg_temp.journey(w.who), w.state, w.who || ' and the journey of the supplier')
from (values ('chef', 'passes'), ('sam', 'passes'), ('baker', 'PT404'), ('emma', 'PT404'), ('stranger', 'PT404')) as w (who, state);
select is(pg_temp.profile(w.who), w.state, w.who || ' and the profile of the supplier')
from (values ('chef', 'passes'), ('sam', 'passes'), ('baker', 'PT404'), ('emma', 'PT404'), ('stranger', 'PT404')) as w (who, state);
select is(pg_temp.journey('chef', partner => 'olivia'), 'PT404', 'not with a couple that it does not know');
select is(pg_temp.profile('chef', partner => 'olivia'), 'PT404', 'nor a profile of it');
select is(pg_temp.journey(null, role_name => 'anon'), '42501', 'nobody unknown');
select is(pg_temp.journey(null, role_name => 'service_role'), 'passes', 'server roles may');
select is(pg_temp.journey('baker', 'baker', step => 'contract', status => 'done'), 'passes', 'another supplier has its own journey with the same couple');

select is(tap.call(w.who, 'select count(*) from wedsync.' || v.name), w.n, w.who || ' reads ' || v.name)
from (
    values ('chef', '1', '1'), ('sam', '1', '1'), ('baker', '1', '0'), ('emma', '0', '0'), ('olivia', '0', '0'), ('stranger', '0', '0')
) as x (who, journeys, profiles),
    lateral (values ('journey_progress', x.journeys), ('client_profiles', x.profiles)) as v (name, n), lateral (select x.who, v.n) as w;
select is(tap.call(null, 'select count(*) from wedsync.' || v.name, 'service_role'), v.n, 'the server reads all ' || v.name)
from (values ('journey_progress', '2'), ('client_profiles', '1')) as v (name, n);
select is(tap.error('chef', format('%s wedsync.%s %s', c.verb, v.name, c.rest)) ->> 'sqlstate', '42501', c.verb || ' on the view ' || v.name)
from (values ('insert into', 'default values'), ('update', 'set status = status'), ('delete from', '')) as c (verb, rest),
    (values ('journey_progress'), ('client_profiles')) as v (name);
select is(
    (select r - '{supplier_id,couple_id,updated_at}'::text[] from tap.rows('sam', 'select * from wedsync.client_profiles') as r),
    jsonb_build_object('display_name', 'The Emmas', 'status', 'booked', 'notes', 'shh', 'updated_by', tap.id('chef')),
    'with who wrote it first: the same again is no change'
);

-- what is refused
select is(
    pg_temp.journey('chef', step => j.step, status => j.status, details => j.details), j.state,
    'a journey with ' || left(format('%s %s %s', j.step, j.status, j.details), 50)
) from (values
    (null, 'done', '{}'::jsonb, '22023'), ('', 'done', '{}', '22023'), (repeat('x', 101), 'done', '{}', '22023'), ('a', null, '{}', '22023'),
    ('a', 'Done', '{}', '22023'), ('a', '', '{}', '22023'),
    ('a', 'done', null, '22023'), ('a', 'done', '[]', '22023'), ('a', 'done', '"x"', '22023'), ('a', 'done', 'null', '22023'),
    ('a', 'done', jsonb_build_object('x', repeat('y', 16384)), 'PT413'),
    (repeat('x', 100), 'skipped', '{"any": ["thing", {"deep": null}]}', 'passes'), ('💒', 'waiting', '{}', 'passes'), (E'\x01', 'waiting', '{}', 'passes')
) as j (step, status, details, state);
select is(
    pg_temp.profile('chef', display_name => p.name, status => p.status, notes => p.notes), p.state,
    'a profile with ' || left(format('%s %s %s', p.name, p.status, p.notes), 50)
) from (values
    (repeat('x', 201), 'lead', null, '22023'), (null, 'lead', repeat('x', 10001), '22023'), (null, 'Lead', null, '22023'), (null, null, null, '22023'),
    (repeat('x', 200), 'lost', repeat('x', 10000), 'passes'), (null, 'finished', null, 'passes')
) as p (name, status, notes, state);
select is(tap.error('chef', q.query) ->> 'sqlstate', q.state, q.query) from (values
    (format('select wedsync.set_journey_progress(null, %L, ''a'', ''done'')', tap.couple('emma')), '22023'),
    (format('select wedsync.set_journey_progress(%L, null, ''a'', ''done'')', tap.firm('chef')), '22023'),
    (format('select wedsync.set_client_profile(null, %L)', tap.couple('emma')), '22023'),
    (format('select wedsync.set_client_profile(%L, null)', tap.firm('chef')), '22023'),
    (format('select wedsync.set_client_profile(gen_random_uuid(), %L)', tap.couple('emma')), 'PT404')
) as q (query, state);
-- the same again is no change
create temporary table before on commit drop as select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
select pg_temp.profile('sam', display_name => null, status => 'finished', notes => null);
select is(
    (select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')), (select b.seq from before as b), 'the same again is no event'
);
select is(
    (select r ->> 'updated_by' from tap.rows('sam', 'select * from wedsync.client_profiles') as r), tap.id('chef')::text, 'and not written by who repeated it'
);
select * from finish();
rollback;
