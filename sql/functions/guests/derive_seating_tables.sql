create or replace function wedsync_internal.derive_seating_tables(op text, old_record wedsync_data.seating_tables, new_record wedsync_data.seating_tables)
returns wedsync_data.seating_tables
language plpgsql
stable
as $$
begin
    if new_record.shape not in ('round', 'square', 'rectangle', 'oval', 'row') then
        perform wedsync_internal.refuse_field('seating.tables.shape', 'table_shape');
    end if;
    -- before the foreign key of the seats, whose error names no field
    if op = 'UPDATE' and new_record.event_id <> old_record.event_id and exists (
        select from wedsync_data.seats as s where s.couple_id = old_record.couple_id and s.table_id = old_record.id
    ) then
        perform wedsync_internal.refuse_field('seating.tables.eventId', 'seats_are_taken');
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_seating_tables(text, wedsync_data.seating_tables, wedsync_data.seating_tables) is 'Hook of the record engine: refuses unknown shapes, and to move a table with guests to another event.';
revoke all on function wedsync_internal.derive_seating_tables(text, wedsync_data.seating_tables, wedsync_data.seating_tables) from public;
