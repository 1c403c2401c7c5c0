create or replace function wedsync_internal.seat_imported(couple_id uuid, people wedsync_internal.import_person[], event_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    insert into wedsync_data.seating_tables (couple_id, event_id, name, capacity)
    select seat_imported.couple_id, seat_imported.event_id, t.name, least(greatest(10, t.guests, t.highest), 1000)
    from (
        select left(p.f ->> 'table', 100) as name, count(*) as guests, max(wedsync_internal.text_number(p.f ->> 'seat')) as highest
        from unnest(people) as p where not p.is_known and p.f ? 'table' group by 1
    ) as t
    where not exists (
        select from wedsync_data.seating_tables as k where k.couple_id = seat_imported.couple_id and k.event_id = seat_imported.event_id and k.name = t.name
    );
    insert into wedsync_data.seats (couple_id, event_id, table_id, number, guest_id)
    select
        seat_imported.couple_id, seat_imported.event_id, n.table_id,
        -- of several guests with the same seat the first, and no seat that is taken
        case when n.seat between 1 and n.capacity and n.place = 1 and not exists (
            select from wedsync_data.seats as s where s.couple_id = seat_imported.couple_id and s.table_id = n.table_id and s.number = n.seat
        ) then n.seat end, n.id
    from (
        select
            p.id, t.id as table_id, t.capacity, w.seat, row_number() over (partition by t.id, w.seat order by p.row_no, p.position) as place
        from unnest(people) as p
        join wedsync_data.seating_tables as t
            on t.couple_id = seat_imported.couple_id and t.event_id = seat_imported.event_id and t.name = left(p.f ->> 'table', 100)
        cross join lateral (select case when p.role = 'first' then wedsync_internal.text_number(p.f ->> 'seat') end as seat) as w
        where not p.is_known
    ) as n;
end
$$;
comment on function wedsync_internal.seat_imported(uuid, wedsync_internal.import_person[], uuid) is
'Seats the people of a guest list at the tables that it names; tables that are missing are made with at least ten seats.';
revoke all on function wedsync_internal.seat_imported(uuid, wedsync_internal.import_person[], uuid) from public;
