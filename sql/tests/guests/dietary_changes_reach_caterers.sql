-- proves: F001-05, F003-18
-- Counts by event and meal, the change since the last message, names only with the rights, anaphylaxis always first.
begin;
select plan(25);
select tap.guest_list('emma');
select tap.supplier('cook', 'emma', '{guests.dietaryCounts,events}'), tap.supplier('baker', 'emma', '{basic}', category => 'baker'),
    tap.supplier('dj', 'emma', '{full}', category => 'dj'), tap.supplier('venue', 'emma', '{guests.dietaryCounts,guests.names,guests.dietary,guests.rsvp}',
        category => 'venue');
select tap.supplier('rival');
create function pg_temp.counts(who text) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.dietary_counts(%L, %L)', tap.couple('emma'), tap.id('emma Dinner')))::jsonb #> '{events,0}' $$;
create function pg_temp.messages(who text) returns setof jsonb language sql as $$
    select n.r from tap.rows(who, 'select * from wedsync.notifications where kind = ''dietary_change'' order by created_at, id') as n (r) $$;
select is_empty($$ select pg_temp.messages('cook') $$, 'nobody comes yet: no message');
set constraints all deferred;
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Ann', 'Dinner', 'yes', format('{"meal_option_id": "%s"}', tap.id('emma Risotto'))::jsonb));
select is(
    pg_temp.counts('cook') -> 'counts',
    jsonb_build_object(
        'guests', 1, 'unnamed_guests', 0, 'without_meal', 0, 'notes', 0, 'diets', '{"vegan": 1}'::jsonb, 'anaphylaxis', 1,
        'allergens', '[{"allergen": "nuts", "severity": "anaphylaxis", "guests": 1}]'::jsonb,
        'meals', jsonb_build_array(
            jsonb_build_object('meal_option_id', tap.id('emma Beef'), 'name', 'Beef', 'guests', 0, 'diets', '{}'::jsonb, 'allergens', '[]'::jsonb,
                'anaphylaxis', 0),
            jsonb_build_object(
                'meal_option_id', tap.id('emma Risotto'), 'name', 'Risotto', 'guests', 1, 'diets', '{"vegan": 1}'::jsonb, 'anaphylaxis', 1,
                'allergens', '[{"allergen": "nuts", "severity": "anaphylaxis", "guests": 1}]'::jsonb
            )
        )
    ), 'numbers by event and by meal'
);
select results_eq(
    $$ select m ->> 'message', m ->> 'priority' from pg_temp.messages('cook') as m $$,
    $$ values ('ANAPHYLAXIS: 1; nuts (anaphylaxis): 0 → 1; vegan: 0 → 1; Risotto: 0 → 1', 'high') $$, 'the caterer is told at once, the danger first'
);
select is_empty($$ select m from pg_temp.messages('cook') as m where m::text ~ 'Ann|Lee|walnut' $$, 'without a name');
select is_empty($$ select pg_temp.messages('baker') $$, 'who may not read the counts is told nothing');
select is_empty($$ select pg_temp.messages('dj') $$, 'nor is who prepares no food, whatever they may read');
select is_empty($$ select pg_temp.messages('rival') $$, 'nor other caterers');
select is((pg_temp.counts('cook')) -> 'changes', '[]', 'after a message there is no change');
select ok(not (pg_temp.counts('cook')) ? 'guests', 'counts without names');
select is(
    (pg_temp.counts('venue')) #> '{guests,0}',
    jsonb_build_object(
        'guest_id', tap.id('emma Ann'), 'name', 'Ann Lee', 'meal', 'Risotto', 'diets', '["vegan"]'::jsonb, 'dietary_note', null,
        'allergens', '[{"allergen": "nuts", "severity": "anaphylaxis", "note": "walnuts"}]'::jsonb
    ), 'names with the rights to names, needs and replies'
);
select is(tap.error('baker', format('select wedsync.dietary_counts(%L)', tap.couple('emma'))) #> '{detail,unauthorized_fields}', '["guests.dietaryCounts"]',
    'not without the right');
select is(
    tap.error('baker', format('select wedsync.dietary_counts(%L, %L)', tap.couple('emma'), tap.id(e.name))) ->> 'sqlstate', '42501', 'whichever event it names'
) from (values ('emma Dinner'), ('x')) as e (name);
select is(tap.error('rival', format('select wedsync.dietary_counts(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'not of a wedding that is none of theirs');
select is(tap.error('cook', format('select wedsync.dietary_counts(%L, %L)', tap.couple('emma'), tap.id('x'))) ->> 'sqlstate', 'PT404',
    'of an event that is there');
select isnt_empty($$ select from wedsync_data.access_log as l where l.action = 'dietary_counts' and l.supplier_id = tap.firm('cook') $$, 'reads are logged');

-- further changes
set constraints all deferred;
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Bob', 'Dinner', 'yes'));
select is((select count(*) from pg_temp.messages('cook')), 1::bigint, 'a guest without needs is no news for the kitchen');
select is((pg_temp.counts('cook')) #> '{counts,guests}', '2', 'but counts');
set constraints all deferred;
select tap.record_rsvp('emma', 'emma', format(
    '{"guest_id": "%s", "allergens": [{"allergen": "Kiwi", "severity": "mild"}], "diets": ["Vegan"], "dietary_note": "no spice"}', tap.id('emma Bob')
)::jsonb);
select ok(
    (select m ->> 'message' from pg_temp.messages('cook') as m offset 1 limit 1) ~ '^ANAPHYLAXIS: 1; kiwi \(mild\): 0 → 1; vegan: 1 → 2; notes: 0 → 1$',
    'what changed since the last message, with the standing danger'
);
select tap.run('emma', format('update wedsync.guests set diets = ''{vegetarian}'' where couple_id = %L and id = %L', tap.couple('emma'), tap.id('emma Bob')));
set constraints all immediate;
select is((select m ->> 'message' from pg_temp.messages('cook') as m offset 2 limit 1), 'ANAPHYLAXIS: 1; vegan: 2 → 1; vegetarian: 0 → 1',
    'a change of the guest is one as well');
set constraints all deferred;
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Ann', 'Dinner', 'regrets'));
select is(
    (select m ->> 'message' from pg_temp.messages('cook') as m offset 3 limit 1), 'nuts (anaphylaxis): 1 → 0; vegan: 1 → 0; Risotto: 1 → 0',
        'and who does not come after all'
);
select is((select m ->> 'priority' from pg_temp.messages('cook') as m offset 3 limit 1), 'normal', 'without danger it is not urgent');
select is(
    tap.error('emma', format('update wedsync.wedding_events set dietary_counts = ''{}'' where couple_id = %L', tap.couple('emma'))) ->> 'sqlstate', '42501',
        'counts are written by nobody'
);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('cook')));
set constraints all deferred;
select tap.record_rsvp('emma', 'emma', tap.reply('emma', 'Ann', 'Dinner', 'yes'));
select is(
    (select count(*) from wedsync_data.notifications as n where n.kind = 'dietary_change' and n.supplier_id = tap.firm('cook')), 4::bigint,
        'who lost the access hears no more'
);
select is(
    tap.call(null, format('select wedsync.delete_wedding(%L)', tap.couple('emma')), 'service_role'), '', 'a wedding with all of it can be deleted'
);
select * from finish();
rollback;
