create or replace function wedsync_internal.read_new_events(reader text, classes text[])
returns setof wedsync_data.events
language plpgsql
volatile
as $$
declare
    holder constant text := wedsync_internal.history_holder();
    last wedsync_data.event_readers;
    last_xmax xid8 := '0';
    in_progress xid8[] := '{}'::xid8[];
    since timestamptz := now() - interval '8 days';
begin
    select r.* into last from wedsync_data.event_readers as r where r.name = reader for update;
    if last.history = holder then
        last_xmax := pg_catalog.pg_snapshot_xmax(last.position);
        in_progress := array(select pg_catalog.pg_snapshot_xip(last.position));
    else
        -- a restored backup has other transaction ids: use the time instead
        since := greatest(since, last.read_at - interval '1 minute');
    end if;
    -- one statement: the events read and the position stored belong to one snapshot
    return query
    with moved as (
        update wedsync_data.event_readers as r set position = pg_catalog.pg_current_snapshot(), history = holder, read_at = now() where r.name = reader
    )
    select e.* from wedsync_data.events as e
    where e.xid >= last_xmax and e.class = any (classes) and e.created_at > since and e.created_at < now() + interval '1 day'
    union all
    select e.* from wedsync_data.events as e
    where e.xid = any (in_progress) and e.xid < last_xmax and e.class = any (classes) and e.created_at > since and e.created_at < now() + interval '1 day';
end
$$;
comment on function wedsync_internal.read_new_events(text, text[]) is
'Events of these classes since the last call for this reader of event_readers, each once if the transaction commits. After a restore, those of the last minute again, so act on them in a way that can be repeated. Call it once in a transaction; others that call it for the same reader wait.';
revoke all on function wedsync_internal.read_new_events(text, text[]) from public;
