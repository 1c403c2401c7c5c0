-- drop: function wedsync_internal.announce_presence(jsonb)
create or replace function wedsync_internal.announce_presence(diffs jsonb)
returns void
language plpgsql
volatile
as $$
begin
    if current_setting('wedsync.bus', true) is distinct from 'nats' then
        perform wedsync_internal.put_bus_messages(array_agg('presence'::text), array_agg(d.v::text order by d.position))
        from pg_catalog.jsonb_array_elements(diffs) with ordinality as d (v, position)
        having count(*) > 0;
    end if;
end
$$;
comment on function wedsync_internal.announce_presence(jsonb) is
'Sends presence diffs to all worker processes through the bus table. With the setting wedsync.bus = nats the calling worker sends them itself.';
revoke all on function wedsync_internal.announce_presence(jsonb) from public;
