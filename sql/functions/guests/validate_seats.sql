create or replace function wedsync_internal.validate_seats(op text, old_record wedsync_data.seats, new_record wedsync_data.seats)
returns jsonb
language plpgsql
stable
as $$
declare
    place record;
begin
    if op = 'UPDATE' and old_record.table_id <> new_record.table_id and exists (
        select from wedsync_data.seating_tables as t where t.couple_id = old_record.couple_id and t.id = old_record.table_id and t.is_locked
    ) then
        return '[{"path": "seating.seats.tableId", "rule": "table_is_locked"}]';
    end if;
    select t.capacity, t.is_locked, (select count(*) from wedsync_data.seats as s where s.couple_id = t.couple_id and s.table_id = t.id) as taken into place
    from wedsync_data.seating_tables as t
    where t.couple_id = new_record.couple_id and t.id = new_record.table_id;
    if place.is_locked then
        return '[{"path": "seating.seats.tableId", "rule": "table_is_locked"}]';
    end if;
    if place.taken > place.capacity then
        return '[{"path": "seating.seats.tableId", "rule": "table_is_full"}]';
    end if;
    if new_record.number > place.capacity then
        return '[{"path": "seating.seats.number", "rule": "number_within_capacity"}]';
    end if;
    return '[]'::jsonb;
end
$$;
comment on function wedsync_internal.validate_seats(text, wedsync_data.seats, wedsync_data.seats) is
'Hook of the record engine: seats within the capacity of a table that is not locked. Writers hold the lock of the wedding, so that two cannot take the last seat.';
revoke all on function wedsync_internal.validate_seats(text, wedsync_data.seats, wedsync_data.seats) from public;
