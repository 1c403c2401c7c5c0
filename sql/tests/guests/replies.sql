-- proves: F001-04, F004-65, F000-05
-- Replies of guests: words, meals, companions; guest numbers follow, by the main event or by any.
begin;
set constraints all immediate;
select plan(40);
select tap.guest_list('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
create function pg_temp.numbers() returns text language sql as $$
    select concat_ws(' ', f.guest_count ->> 'confirmed', f.guest_count ->> 'pending') from wedsync_data.core_fields as f
        where f.couple_id = tap.couple('emma') $$;
create function pg_temp.rules(error jsonb) returns jsonb language sql as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(error #> '{detail,problems}') as p (v) $$;
create function pg_temp.refused(who text, variadic replies jsonb[]) returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.record_rsvp(%L, %L)', tap.couple('emma'), to_jsonb(replies))) $$;
select is(pg_temp.numbers(), '0 4', 'four are invited to the dinner, which is the main event');
select is(
    tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Ann', 'Dinner', 'Yes', format('{"meal_option_id": "%s", "additional_guests": 1}',
        tap.id('emma Beef'))::jsonb))
    #>> '{replies,0,status}', 'attending', 'words are understood'
);
select is(pg_temp.numbers(), '2 3', 'a guest with a companion is two');
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Ann', 'Dinner', 'Yes', '{"dietary_note": "No onions"}'));
select is((select g.diets from wedsync_data.guests as g where g.id = tap.id('emma Ann')), '{vegan}', 'what is left out stays');
select is(
    (select r.answered_via || ' ' || (r.answered_at is not null) from wedsync_data.rsvps as r where r.guest_id = tap.id('emma Ann')
        and r.event_id = tap.id('emma Dinner')), 'member true',
    'how and when is kept'
);
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', s.word)) from (values ('regrets')) as s (word);
select is(pg_temp.numbers(), '2 2', 'who declines is neither');
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'TENTATIVE'));
select is(pg_temp.numbers(), '2 3', 'who may come is open');
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'waitlist'), tap.reply('emma', 'Ugo', 'Brunch',
    'https://schema.org/RsvpResponseYes'));
select is(pg_temp.numbers(), '2 2', 'the waiting list is neither, and the brunch does not count');
select is((select r.status from wedsync_data.rsvps as r where r.guest_id = tap.id('emma Ugo') and r.event_id = tap.id('emma Brunch')), 'attending',
    'a reply invites');
select tap.run('emma', format('update wedsync.wedding_events set is_main = false where couple_id = %L and id = %L', tap.couple('emma'), tap.id('emma Dinner')));
select is(pg_temp.numbers(), '3 1', 'without a main event any counts, each guest once');
select tap.run('emma', format('update wedsync.wedding_events set is_main = true where couple_id = %L and id = %L', tap.couple('emma'), tap.id('emma Dinner')));
select tap.call('emma', format('select wedsync.delete_guests(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('emma Ann')));
select is(pg_temp.numbers(), '0 2', 'who is deleted counts no more');
update wedsync_data.rsvps set answered_at = answered_at - interval '1 day' where couple_id = tap.couple('emma');
create temporary table before on commit drop as select tap.state('emma') as state;
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'waitlist'));
select is(tap.state('emma'), b.state, 'the same reply again changes nothing') from before as b;

-- the couple hears of it, unless it says so itself
select is(
    (select count(*) from wedsync_data.notifications as n where n.couple_id = tap.couple('emma') and n.kind = 'guest_rsvp'), 0::bigint,
        'nobody is told of what they have done'
);
select tap.record_rsvp('paula', 'emma', tap.reply('emma', 'Ugo', 'Dinner', 'yes'));
select is(
    (select n.message from wedsync_data.notifications as n where n.couple_id = tap.couple('emma') and n.kind = 'guest_rsvp'),
    'Ugo Rossi has replied to the invitation to Dinner: attending', 'the couple hears of a reply'
);

-- refused
select is(
    tap.error(null, format('update wedsync.rsvps set answered_via = ''pigeon'' where couple_id = %L', tap.couple('emma')),
        'service_role') #>> '{detail,problems,0,rule}',
    'one_of_member_invitation_import_server', 'by an unknown way, from servers'
);
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Ugo', 'Dinner', 'yes', format('{"meal_option_id": "%s"}', tap.id('emma Beef'))::jsonb));
select is(
    pg_temp.rules(tap.error('emma', format('update wedsync.meal_options set event_id = %L where id = %L', tap.id('emma Brunch'), m.id))), m.rules,
        'a meal that is chosen stays, others may move'
) from (values (tap.id('emma Beef'), '{"events.meals.eventId": "meal_is_chosen"}'::jsonb), (tap.id('emma Risotto'), null)) as m (id, rules);
select is(pg_temp.refused('fred', tap.reply('emma', 'Bob', 'Dinner', 'yes')) #> '{detail,unauthorized_fields}', '["guests.rsvp"]',
    'family does not reply for guests');
select is(pg_temp.refused('stranger', tap.reply('emma', 'Bob', 'Dinner', 'yes')) ->> 'sqlstate', 'PT404', 'a stranger finds nothing');
select tap.supplier('desk', 'emma', '{guests.rsvp}', '{guests.rsvp}');
select is(pg_temp.refused('desk', tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"diets": ["vegan"]}')) #> '{detail,unauthorized_fields}', '["guests.dietary"]',
    'needs have a right of their own');
select is(pg_temp.refused('desk', tap.reply('emma', 'Bob', 'Dinner', 'yes')), null, 'replies alone pass');
select is(pg_temp.rules(pg_temp.refused('emma', r.reply)), r.rules, r.rules::text) from (values
    (tap.reply('emma', 'Bob', 'Dinner', 'perhaps not'), '{"replies.0.status": "rsvp_status"}'::jsonb),
    (tap.reply('olivia', 'Bob', 'Dinner', 'yes'), '{"replies.0.event_id": "no_such_row", "replies.0.guest_id": "no_such_row"}'),
    (tap.reply('emma', 'Bob', 'Brunch', 'yes', format('{"meal_option_id": "%s"}', tap.id('emma Beef'))::jsonb),
        '{"replies.0.meal_option_id": "meal_of_the_event"}'),
    (tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"additional_guests": 21}'), '{"replies.0.additional_guests": "between_0_and_20"}'),
    (tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"hat": 1, "diets": "vegan"}'), '{"replies.0.hat": "unknown_path", "replies.0.diets": "array_of_texts"}'),
    (tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"first_name": "Rob"}'), '{"replies.0.first_name": "read_only"}'),
    (tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"allergens": [{"allergen": "", "severity": "bad"}, {"allergen": "other"}]}'),
    '{"replies.0.allergens.0.allergen": "required", "replies.0.allergens.0.severity": "severity", "replies.0.allergens.1.note": "allergen_named_in_note"}'),
    ('{"guest_id": "x"}', '{"replies.0.guest_id": "no_such_row"}'),
    (tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"comment": 3}'), '{"replies.0.comment": "text"}')
) as r (reply, rules);
select is(pg_temp.refused('emma', tap.reply('emma', 'Bob', 'Dinner', 'no', '{"additional_guests": 2}')) ->> 'sqlstate', 'PT422',
    'who does not come brings nobody');
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'yes', '{"additional_guests": 2}'));
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'no'));
select is((select r.additional_guests from wedsync_data.rsvps as r where r.guest_id = tap.id('emma Bob') and r.event_id = tap.id('emma Dinner')),
    0::smallint, 'nor those who were announced');
select is(
    pg_temp.rules(pg_temp.refused('emma', tap.reply('emma', 'Bob', 'Dinner', 'yes'), tap.reply('emma', 'Bob', 'Dinner', 'no'))),
    '{"replies.1": "given_twice"}', 'one answer is one'
);
select is(
    pg_temp.refused('desk', tap.reply('emma', 'companion', 'Dinner', 'yes', '{"first_name": "Tom"}')) #> '{detail,unauthorized_fields}', '["guests.names"]',
    'names have a right of their own'
);
select is(pg_temp.rules(tap.error('emma', format(
    'insert into wedsync.guest_allergens (couple_id, guest_id, allergen, severity) values (%L, %L, ''other'', ''mild'')', tap.couple('emma'),
        tap.id('emma Bob')
))), '{"guests.dietary.allergens.note": "allergen_named_in_note"}', 'an allergen has a name');
select is(tap.error('emma', format('select wedsync.record_rsvp(%L, ''{}'')', tap.couple('emma'))) ->> 'sqlstate', '22023', 'replies are an array');
select is(
    tap.error('emma', format('select wedsync.record_rsvp(%L, (select jsonb_agg(''{}''::jsonb) from generate_series(1, 201)))',
        tap.couple('emma'))) ->> 'sqlstate', 'PT413', 'of so many'
);
select is(
    pg_temp.rules(tap.error('emma', format('update wedsync.rsvps set status = ''perhaps not'' where couple_id = %L', tap.couple('emma')))),
        '{"guests.rsvp.status": "rsvp_status"}',
    'the view keeps the rules as well'
);

-- the names of others
select results_eq(
    $$ select s.status, s.partstat, s.rsvp_response from wedsync_data.rsvp_statuses as s where s.status in ('attending', 'pending') order by s.status $$,
    $$ values ('attending', 'ACCEPTED', 'https://schema.org/RsvpResponseYes'), ('pending', 'NEEDS-ACTION', null) $$, 'iCalendar and schema.org'
);
select is_empty($$ select s.status from wedsync_data.rsvp_statuses as s where wedsync_internal.rsvp_status_named(upper(s.status)) <> s.status $$,
    'each status has its name');
select * from finish();
rollback;
