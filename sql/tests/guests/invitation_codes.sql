-- proves: F001-04, F000-79, C-52
-- Households reply with a code, without a login: hashed, used once, expiring, revocable, limited. A code shows its household and nothing else of the wedding.
begin;
set constraints all immediate;
select plan(45);
select tap.guest_list('emma');
select tap.guest_list('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('desk', 'emma', '{guests.rsvp,guests.names}', '{guests.rsvp}');
create function pg_temp.codes(who text, arguments text default '') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.create_invitation_codes(%L%s)', tap.couple('emma'), arguments))::jsonb $$;
create function pg_temp.get(code text, who text default null, db_role text default 'anon') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.get_rsvp(%L)', code), db_role)::jsonb $$;
create function pg_temp.answer(code text, variadic replies jsonb[]) returns jsonb language sql as $$
    select tap.call(null, format('select wedsync.answer_rsvp(%L, %L)', code, to_jsonb(replies)), 'anon')::jsonb $$;
create function pg_temp.refused(code text, variadic replies jsonb[]) returns jsonb language sql as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(
        tap.error(null, format('select wedsync.answer_rsvp(%L, %L)', code, to_jsonb(replies)), 'anon') #> '{detail,problems}'
    ) as p (v) $$;

-- who creates them
select is(
    tap.error(w.who, format('select wedsync.create_invitation_codes(%L)', tap.couple('emma'))) ->> 'sqlstate', w.outcome, coalesce(w.who,
        'nobody') || ' creates none'
) from (values ('fred', '42501'), ('desk', '42501'), ('stranger', 'PT404'), ('olivia', 'PT404')) as w (who, outcome);
select is(tap.error(null, format('select wedsync.create_invitation_codes(%L)', tap.couple('emma')), 'anon') ->> 'sqlstate', '42501',
    'nor does anybody without a login');
select is(
    tap.error('emma', format('select wedsync.create_invitation_codes(%L, array[%L]::uuid[])', tap.couple('emma'), h.id)) ->> 'sqlstate', '22023',
        'nor for others'
) from wedsync_data.households as h where h.couple_id = tap.couple('olivia') limit 1;
create temporary table made on commit drop as
select c.value ->> 'household' as household, c.value ->> 'code' as code from jsonb_array_elements(pg_temp.codes('paula')) as c;
create function pg_temp.code(of text) returns text language sql as $$ select m.code from made as m where m.household = $1 $$;
select set_eq('select household from made', array['The Lees', 'Ugo Rossi'], 'one for each household that is invited');
select is(pg_temp.codes('paula'), '[]', 'once');
select is_empty($$ select code from made where code !~ '^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$' $$,
    'in letters and digits that are not mistaken for one another');
select is_empty(
    $$ select c.id from wedsync_data.rsvp_codes as c, made as m where strpos(to_jsonb(c)::text, m.code) > 0 or strpos(to_jsonb(c)::text, replace(m.code, '-',
        '')) > 0 $$,
    'the code itself is not stored'
);
select is((select count(distinct c.code_hash) from wedsync_data.rsvp_codes as c), 2::bigint, 'but hashes');

-- what a code shows
select is(
    (select jsonb_agg(g.v ->> 'first_name') from jsonb_array_elements(pg_temp.get(pg_temp.code('The Lees')) -> 'guests') as g (v)), '["Ann", "Bob"]',
        'its household'
);
select ok(pg_temp.get(pg_temp.code('The Lees'))::text !~ 'Ugo|ugo@|Vase|Not next|0 9000|ann@', 'no other guests, no addresses, no private notes');
select is(
    (select jsonb_agg(e.v ->> 'name') from jsonb_array_elements(pg_temp.get(pg_temp.code('Ugo Rossi')) -> 'events') as e (v)), '["Dinner"]',
        'events to which it is invited'
);
select is(
    pg_temp.get(' ' || lower(replace(replace(pg_temp.code('The Lees'), '-', ' '), '0', 'o'))) -> 'valid', 'true',
        'small letters, spaces and an o for a zero are no mistake'
);
select is(pg_temp.get(pg_temp.code('The Lees'), 'stranger', 'authenticated') -> 'valid', 'true', 'signed in or not');

-- what it may answer
select is(pg_temp.refused(pg_temp.code('The Lees'), r.reply), r.rules, 'refused: ' || r.rules::text) from (values
    (tap.reply('emma', 'Ugo', 'Dinner', 'no'), '{"replies.0.event_id": "no_such_row", "replies.0.guest_id": "no_such_row"}'::jsonb),
    (tap.reply('olivia', 'Ann', 'Dinner', 'no'), '{"replies.0.event_id": "no_such_row", "replies.0.guest_id": "no_such_row"}'),
    (tap.reply('emma', 'Bob', 'Brunch', 'yes'), '{"replies.0.event_id": "no_such_row"}'),
    (tap.reply('emma', 'Ann', 'Dinner', 'waitlist'), '{"replies.0.status": "rsvp_status"}'),
    (tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"additional_guests": 1}'), '{"replies.0.additional_guests": "between_0_and_0"}'),
    (tap.reply('emma', 'Ann', 'Dinner', 'yes', '{"additional_guests": 2}'), '{"replies.0.additional_guests": "between_0_and_1"}'),
    (tap.reply('emma', 'Ann', 'Dinner', 'yes', '{"first_name": "Eve"}'), '{"replies.0.first_name": "read_only"}')
) as r (reply, rules);
select is(tap.error(null, format('select wedsync.answer_rsvp(%L, ''[]'')', pg_temp.code('The Lees')), 'anon') #>> '{detail,parameter}', 'replies',
    'no reply at all is none');
select is(pg_temp.get(pg_temp.code('The Lees')) -> 'uses_left', '1', 'what is refused uses nothing up');
select is(
    pg_temp.answer(pg_temp.code('The Lees'), tap.reply('emma', 'Ann', 'Dinner', 'yes',
        '{"allergens": [{"allergen": "sesame"}], "diets": ["vegan", "low-salt"]}'),
        tap.reply('emma', 'Bob', 'Dinner', 'no')) -> 'uses_left', '0', 'a reply is stored'
);
select is(
    (select array_agg(r.status || ' ' || coalesce(r.answered_via, '') order by r.status) from wedsync_data.rsvps as r where r.couple_id = tap.couple('emma')
        and r.event_id = tap.id('emma Dinner')),
    '{"attending invitation","declined invitation","pending ","pending "}', 'as one by invitation'
);
select results_eq(
    format('select a.allergen, a.severity from wedsync_data.guest_allergens as a where a.guest_id = %L', tap.id('emma Ann')), $$ values ('sesame',
        'severe') $$, 'with the allergies, which replace those before'
);
select is(
    (select distinct l.reason || ' ' || l.actor_type || ' ' || coalesce(l.actor_id::text, 'nobody') from wedsync_data.audit_log as l
        where l.couple_id = tap.couple('emma') and l.path like 'guests.rsvp/%/status'),
    'Reply with an invitation code system nobody', 'the audit trail says how'
);
select tap.call('emma', format('select wedsync.create_invitation_codes(%L, array[%L]::uuid[], uses => 2)', tap.couple('emma'), tap.id('emma Rossi')));
-- all that opens nothing is answered alike, and no error
create temporary table dead on commit drop as
select pg_temp.code('The Lees') as code, 'used' as why union all select pg_temp.code('Ugo Rossi'), 'replaced' union all select '0000-0000-0000-0000', 'unknown'
union all select '', 'empty' union all select repeat('x', 100000), 'long' union all select '%', 'a pattern';
select is(pg_temp.get(d.code), '{"valid": false, "message": "This invitation code is not valid, or no longer. Ask the couple for a new one."}', d.why)
    from dead as d;
select is(pg_temp.answer(d.code, tap.reply('emma', 'Bob', 'Dinner', 'yes')) -> 'valid', 'false', 'no answer by a code that is ' || d.why) from dead as d
    where d.why in ('used', 'replaced');
select is(current_setting('response.status'), '404', 'PostgREST says 404');
-- a companion gets a name
truncate made;
insert into made select c.value ->> 'household', c.value ->> 'code'
from jsonb_array_elements(pg_temp.codes('emma', format(', array[%L]::uuid[], null, 2', tap.id('emma Rossi')))) as c;
select is(pg_temp.answer(pg_temp.code('Ugo Rossi'), tap.reply('emma', 'companion', 'Dinner', 'yes',
    '{"first_name": "Mia", "last_name": "Bo"}')) -> 'uses_left', '1', 'used twice');
select is((select g.first_name || ' ' || g.last_name from wedsync_data.guests as g where g.id = tap.id('emma companion')), 'Mia Bo',
    'a companion without a name gets one');
select is(tap.call('emma', format('select wedsync.revoke_invitation_codes(%L)', tap.couple('emma'))), '1', 'revoked');
select is(pg_temp.get(pg_temp.code('Ugo Rossi')) -> 'valid', 'false', 'and of no more use');
update wedsync_data.rsvp_codes set revoked_at = null, valid_until = clock_timestamp() where uses_left > 0;
select is(pg_temp.get(pg_temp.code('Ugo Rossi')) -> 'valid', 'false', 'nor is one that has expired');
-- limits
update wedsync_data.rate_limits set max_requests = 3 where endpoint = 'rsvp-by-code';
delete from wedsync_data.rate_usage;
select pg_temp.get('GUES-S000-0000-0000') from generate_series(1, 3);
select is(tap.error(null, 'select wedsync.get_rsvp(''gues s000 0000 0000'')', 'anon') #>> '{detail,status}', '429', 'each code is limited, known or not');
update wedsync_data.rate_limits set max_requests = null where endpoint = 'rsvp-by-code';
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'rsvp-by-anyone';
select is_empty(
    $$ select from (select tap.error(null, format('select wedsync.get_rsvp(%L)', 'X' || n), 'anon') #>> '{detail,status}' as status from generate_series(1,
        100) as n) as s
    having count(*) filter (where s.status = '429') < 80 $$, 'and all together'
);
select * from finish();
rollback;
