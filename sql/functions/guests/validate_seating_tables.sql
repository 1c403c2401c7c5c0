create or replace function wedsync_internal.validate_seating_tables(op text, old_record wedsync_data.seating_tables, new_record wedsync_data.seating_tables)
returns jsonb
language plpgsql
stable
as $$
begin
    if op = 'UPDATE' and new_record.capacity < old_record.capacity then
        if new_record.capacity < (
            select greatest(count(*), max(s.number)) from wedsync_data.seats as s where s.couple_id = new_record.couple_id and s.table_id = new_record.id
        ) then
            return '[{"path": "seating.tables.capacity", "rule": "seats_are_taken"}]';
        end if;
    end if;
    return '[]'::jsonb;
end
$$;
comment on function wedsync_internal.validate_seating_tables(text, wedsync_data.seating_tables, wedsync_data.seating_tables) is
'Hook of the record engine: a table keeps as many seats as are taken.';
revoke all on function wedsync_internal.validate_seating_tables(text, wedsync_data.seating_tables, wedsync_data.seating_tables) from public;
