-- proves: F004-77
-- Tables and seats: a guest once per event, as many as the table has, locked tables as they are.
begin;
select plan(19);
select tap.guest_list('emma');
create function pg_temp.seat(who text, guest text, seats text, number integer default null, event text default 'Dinner') returns jsonb language sql as $$
    select tap.error(who, format(
        'insert into wedsync.seats (couple_id, event_id, table_id, guest_id, number) values (%L, %L, %L, %L, %L)',
        tap.couple('emma'), tap.id('emma ' || event), tap.id('emma ' || seats), tap.id('emma ' || guest), number
    )) $$;
create function pg_temp.rules(error jsonb) returns jsonb language sql as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(error #> '{detail,problems}') as p (v) $$;
create function pg_temp.change(what text) returns jsonb language sql as $$
    select tap.error('emma', format('update wedsync.seating_tables set %s where couple_id = %L and name = ''One''', what, tap.couple('emma'))) $$;
select is(pg_temp.rules(pg_temp.seat('emma', 'Bob', 'One', 3)), '{"seating.seats.number": "number_within_capacity"}', 'a number that the table has');
select is(pg_temp.seat('emma', 'Bob', 'One', 1) ->> 'sqlstate', 'PT409', 'a seat is taken once');
select is(pg_temp.seat('emma', 'Ann', 'Two') ->> 'sqlstate', 'PT409', 'a guest sits once');
select is(pg_temp.seat('emma', 'Bob', 'One'), null, 'a seat without a number');
select is(pg_temp.rules(pg_temp.seat('emma', 'Ugo', 'One')), '{"seating.seats.tableId": "table_is_full"}', 'no more guests than seats');
select is(pg_temp.seat('emma', 'Ugo', 'Two'), null, 'another table has room');
select isnt(pg_temp.seat('emma', 'companion', 'Two', null, 'Brunch') ->> 'sqlstate', null, 'a table stands at one event');
select is(pg_temp.rules(pg_temp.change('capacity = 1')), '{"seating.tables.capacity": "seats_are_taken"}', 'taken seats are not taken away');
select is(pg_temp.rules(pg_temp.change(format('event_id = %L', tap.id('emma Brunch')))), '{"seating.tables.eventId": "seats_are_taken"}',
    'nor moved to another event');
select is(pg_temp.rules(pg_temp.change('shape = ''heart''')), '{"seating.tables.shape": "table_shape"}', 'shapes that plans can draw');
select is(pg_temp.change('is_locked = true, capacity = 5'), null, 'locked');
select is(pg_temp.rules(pg_temp.seat('emma', 'companion', 'One')), '{"seating.seats.tableId": "table_is_locked"}', 'a locked table gets nobody');
select is(
    pg_temp.rules(tap.error('emma', format('update wedsync.seats set table_id = %L where couple_id = %L and guest_id = %L', tap.id('emma Two'),
        tap.couple('emma'), tap.id('emma Bob')))),
    '{"seating.seats.tableId": "table_is_locked"}', 'and nobody leaves it'
);
select is(
    pg_temp.rules(tap.error('emma', format('select wedsync.delete_seats(%L, array(select id from wedsync.seats where couple_id = %1$L and guest_id = %L))',
        tap.couple('emma'), tap.id('emma Bob')))),
    '{"seating.seats.tableId": "table_is_locked"}', 'not by deletion, either'
);
select is(tap.error('emma', format('select wedsync.delete_guests(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('emma Bob'))), null,
    'but with the guest the seat goes');
select is((select count(*) from wedsync_data.seats as s where s.couple_id = tap.couple('emma')), 2::bigint, 'two are left');
select is(pg_temp.change('is_locked = false'), null, 'unlocked');
select is(pg_temp.seat('emma', 'companion', 'One', 2), null, 'there is room again');
select is(tap.call(null, format('select wedsync.delete_wedding(%L)', tap.couple('emma')), 'service_role'), '', 'the wedding with its plan can be deleted');
select * from finish();
rollback;
