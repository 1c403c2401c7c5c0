-- drop: function wedsync_internal.announce_presence(jsonb)
create or replace function wedsync_internal.announce_presence(diffs jsonb)
returns jsonb
language plpgsql
volatile
as $$
declare
    kinds text[];
    items jsonb[];
begin
    select array_agg(m.kind), array_agg(m.item) into kinds, items from wedsync_internal.presence_messages(diffs) as m;
    if kinds is null then
        return '[]';
    end if;
    if current_setting('wedsync.bus', true) is not distinct from 'nats' then
        return (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(m.kind, m.item)) from unnest(kinds, items) as m (kind, item));
    end if;
    perform wedsync_internal.put_bus_messages(kinds, items::text[]);
    return '[]';
end
$$;
comment on function wedsync_internal.announce_presence(jsonb) is
'Sends presence diffs, and what is broadcast about them, to all worker processes through the bus table
With the setting wedsync.bus = nats it returns them instead, as an array of [kind, item], and the calling worker sends them itself.';
revoke all on function wedsync_internal.announce_presence(jsonb) from public;
