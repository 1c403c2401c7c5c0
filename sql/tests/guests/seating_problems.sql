-- proves: F004-65, F004-77
-- What is wrong with a seating plan: guests at one table who should not be, seats of guests who do not come, guests without a seat.
begin;
select plan(30);
select tap.guest_list('emma');
select tap.guest_list('olivia');
select tap.admit('emma', m.name, m.role) from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('hall', 'emma', '{seating,guests.rsvp}', category => 'venue'), tap.supplier('full', 'emma', '{full}'),
    tap.supplier('plan', 'emma', '{seating}'), tap.supplier('stranger');
create function pg_temp.apart(one text, two text, who text default 'emma', reason text default null) returns jsonb language sql as $$
    select tap.error(who, format('insert into wedsync.guests_apart (couple_id, guest_id, other_id, reason) values (%L, %L, %L, %L)',
        tap.couple('emma'), tap.id(one), tap.id(two), reason))
$$;
create function pg_temp.problems(who text default 'emma', more text default '', event text default 'emma Dinner') returns setof text language sql as $$
    select concat_ws(' ', r ->> 'kind', r ->> 'name', r ->> 'other_name')
    from tap.rows(who, format('select * from wedsync.seating_problems(%L, %L%s)', tap.couple('emma'), tap.id(event), more)) with ordinality as r (r, n)
    order by 1
$$;
select is_empty('select pg_temp.problems()', 'nobody has answered: there are none');

-- pairs
select is(pg_temp.apart('emma Ugo', 'emma Ann', reason => 'the divorce'), null, 'two guests are kept apart');
select is(pg_temp.apart('emma Ann', 'emma Ugo') ->> 'sqlstate', 'PT409', 'a pair once, whichever comes first');
select is(pg_temp.apart('emma Ann', 'emma Ann') #>> '{detail,problems,0,rule}', 'two_guests', 'of two guests');
select is(pg_temp.apart('emma Ann', 'olivia Ann') #>> '{detail,problems,0,rule}', 'unknown_reference', 'of this wedding');
select is(pg_temp.apart('emma Ann', 'emma Bob', w.who) ->> 'sqlstate', w.state, 'not by ' || w.who) from (values
    ('paula', '42501'), ('fred', '42501'), ('full', '42501'), ('hall', '42501'), ('stranger', 'PT404'), ('olivia', 'PT404')
) as w (who, state);
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.guests_apart')), w.n, w.who || ' reads')
from (values ('james', 1::bigint), ('paula', 0), ('full', 0), ('hall', 0), ('stranger', 0)) as w (who, n);

-- problems
select is_empty('select pg_temp.problems()', 'who has no seat sits with nobody');
update wedsync_data.seating_tables set capacity = 4 where couple_id = tap.couple('emma');
select tap.run('emma', format('insert into wedsync.seats (couple_id, event_id, table_id, guest_id) values (%L, %L, %L, %L)',
    tap.couple('emma'), tap.id('emma Dinner'), tap.id('emma One'), tap.id('emma Ugo')));
select is((select array_agg(left(p, 6)) from pg_temp.problems() as p), '{"apart "}', 'at one table they are a problem');
select set_eq('select pg_temp.problems()', (select array['apart ' || string_agg(x.n, ' ' order by x.id)] from (values
    ('Ann Lee', tap.id('emma Ann')), ('Ugo Rossi', tap.id('emma Ugo'))) as x (n, id)), 'with their names');
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'yes'), tap.reply('emma', 'Ugo', 'Dinner', 'no'));
select set_eq($$ select p from pg_temp.problems() as p where p !~ 'apart' $$, '{without_seat Bob Lee,not_coming Ugo Rossi}'::text[],
    'who comes needs a seat, who does not come needs none');
select is((select array_agg(p) from pg_temp.problems(w.who) as p), w.problems, w.who || ' sees no more than they may') from (values
    ('paula', '{not_coming Ugo Rossi,without_seat Bob Lee}'::text[]), ('hall', '{not_coming,without_seat}')
) as w (who, problems);
select is((select count(*) from wedsync_data.access_log as l where l.action = 'seating_problems' and l.supplier_id = tap.firm('hall')), 1::bigint,
    'reads are logged');
select is((select array_agg(p) from pg_temp.problems('emma', ', 0, 1') as p) || (select array_agg(p) from pg_temp.problems('emma', ', 1, 5') as p),
    (select array_agg(p) from pg_temp.problems() as p), 'page by page it is the same');
select is(tap.error(w.who, format('select * from wedsync.seating_problems(%L, %L%s)', tap.couple('emma'), tap.id(w.event), w.more)) ->> 'sqlstate', w.state,
    format('%s %s %s', w.who, w.event, w.more)) from (values
    ('plan', 'emma Dinner', '', '42501'), ('stranger', 'emma Dinner', '', 'PT404'), ('emma', 'olivia Dinner', '', 'PT404'),
    ('emma', 'emma Dinner', ', 0, 0', '22023'), ('emma', 'emma Dinner', ', 0, 1001', '22023')
) as w (who, event, more, state);
select tap.call('emma', format('select wedsync.delete_guests(%L, %L)', tap.couple('emma'), array[tap.id('emma Ugo')]));
select is((select count(*) from wedsync_data.guests_apart as a where a.couple_id = tap.couple('emma')), 0::bigint, 'a guest who is deleted leaves no note');
select * from finish();
rollback;
