-- A wedding with events, meals, households and guests, and ids by names: tap.guest('Ann').
create function tap.guest_list(partner text)
returns void
language plpgsql
as $$
declare
    couple constant uuid := tap.wedding(partner);
begin
    perform tap.run(partner, format(
        'insert into wedsync.wedding_events (couple_id, id, name, kind, is_main, position)
        values (%1$L, %2$L, ''Dinner'', ''dinner'', true, 1), (%1$L, %3$L, ''Brunch'', ''brunch'', false, 2)',
        couple, tap.id(partner || ' Dinner'), tap.id(partner || ' Brunch')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.meal_options (couple_id, id, event_id, name, diets)
        values (%1$L, %2$L, %4$L, ''Beef'', ''{}''), (%1$L, %3$L, %4$L, ''Risotto'', ''{vegetarian}'')',
        couple, tap.id(partner || ' Beef'), tap.id(partner || ' Risotto'), tap.id(partner || ' Dinner')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.households (couple_id, id, name, line1, city)
        values (%1$L, %2$L, ''The Lees'', ''1 High Street'', ''York''), (%1$L, %3$L, ''Ugo Rossi'', null, null)',
        couple, tap.id(partner || ' Lees'), tap.id(partner || ' Rossi')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.guests (couple_id, id, household_id, first_name, last_name, email, phone, diets, accessibility,
        plus_one_allowed, plus_one_of) values
        (%1$L, %2$L, %3$L, ''Ann'', ''Lee'', ''ann@example.org'', ''+44 7700 900001'', ''{vegan}'', ''wheelchair'', true, null),
        (%1$L, %4$L, %3$L, ''Bob'', ''Lee'', null, null, ''{}'', null, false, null),
        (%1$L, %5$L, %6$L, ''Ugo'', ''Rossi'', ''ugo@example.org'', null, ''{}'', null, false, null),
        (%1$L, %7$L, %6$L, null, null, null, null, ''{}'', null, false, %5$L)',
        couple, tap.id(partner || ' Ann'), tap.id(partner || ' Lees'), tap.id(partner || ' Bob'), tap.id(partner || ' Ugo'), tap.id(partner || ' Rossi'),
        tap.id(partner || ' companion')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.guest_allergens (couple_id, id, guest_id, allergen, severity) values (%L, %L, %L, ''walnuts'', ''anaphylaxis'')',
        couple, tap.id(partner || ' walnuts'), tap.id(partner || ' Ann')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.guest_notes (couple_id, guest_id, gift, notes) values (%L, %L, ''Vase'', ''Not next to Ugo'')', couple, tap.id(partner || ' Ann')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.rsvps (couple_id, event_id, guest_id) select %1$L, e.id, g.id
        from wedsync.wedding_events as e cross join wedsync.guests as g
        where e.couple_id = %1$L and g.couple_id = %1$L and (e.name = ''Dinner'' or g.first_name = ''Ann'')', couple
    ));
    perform tap.run(partner, format(
        'insert into wedsync.seating_tables (couple_id, id, event_id, name, capacity) values (%1$L, %2$L, %4$L, ''One'', 2), (%1$L, %3$L, %4$L, ''Two'', 1)',
        couple, tap.id(partner || ' One'), tap.id(partner || ' Two'), tap.id(partner || ' Dinner')
    ));
    perform tap.run(partner, format(
        'insert into wedsync.seats (couple_id, event_id, table_id, guest_id, number) values (%L, %L, %L, %L, 1)',
        couple, tap.id(partner || ' Dinner'), tap.id(partner || ' One'), tap.id(partner || ' Ann')
    ));
end
$$;

-- One reply, as record_rsvp and answer_rsvp take it.
create function tap.reply(partner text, guest text, event text, status text, more jsonb default '{}')
returns jsonb
language sql
immutable
as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'guest_id', tap.id(partner || ' ' || guest), 'event_id', tap.id(partner || ' ' || event), 'status', status
    )) || more
$$;

create function tap.record_rsvp(who text, partner text, variadic replies jsonb[])
returns jsonb
language sql
as $$ select tap.call(who, format('select wedsync.record_rsvp(%L, %L)', tap.couple(partner), to_jsonb(replies)))::jsonb $$;

grant execute on function tap.guest_list(text), tap.reply(text, text, text, text, jsonb), tap.record_rsvp(text, text, jsonb[]) to public;
