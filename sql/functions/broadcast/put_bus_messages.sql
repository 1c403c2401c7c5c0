create or replace function wedsync_internal.put_bus_messages(kinds text[], payloads text[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into wedsync_data.bus_messages (kind, payload)
    select m.kind, m.payload from unnest(kinds, payloads) with ordinality as m (kind, payload, position) order by m.position;
    if found then
        -- the notification carries no data: listeners read the table
        perform pg_catalog.pg_notify('wedsync_bus', '');
    end if;
end
$$;
comment on function wedsync_internal.put_bus_messages(text[], text[]) is
'Sends messages to all worker processes on commit, each with its kind and JSON text, in order. They are rows of a table that only the pack can access; NOTIFY carries no data.';
revoke all on function wedsync_internal.put_bus_messages(text[], text[]) from public;
grant execute on function wedsync_internal.put_bus_messages(text[], text[]) to wedsync_worker;
