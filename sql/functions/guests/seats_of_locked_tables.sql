create or replace function wedsync_internal.seats_of_locked_tables()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- where table or guest are deleted, their seats go with them
    if exists (select from wedsync_data.seating_tables as t where t.couple_id = old.couple_id and t.id = old.table_id and t.is_locked)
        and exists (select from wedsync_data.guests as g where g.couple_id = old.couple_id and g.id = old.guest_id)
        and exists (select from wedsync_data.weddings as w where w.id = old.couple_id) then
        perform wedsync_internal.refuse_field('seating.seats.tableId', 'table_is_locked');
    end if;
    return old;
end
$$;
comment on function wedsync_internal.seats_of_locked_tables() is 'Refuses to delete seats of a locked table.';
revoke all on function wedsync_internal.seats_of_locked_tables() from public;

create or replace trigger locked_tables before delete on wedsync_data.seats
for each row execute function wedsync_internal.seats_of_locked_tables();
comment on trigger locked_tables on wedsync_data.seats is 'The seats of a locked table stay.';
