-- drop: function wedsync_internal.event_frames(wedsync_data.events, wedsync_data.subscription_groups)
-- drop: function wedsync_internal.event_frames(wedsync_data.events, bit, jsonb, boolean)
create or replace function wedsync_internal.event_frames(
    event wedsync_data.events, readable bit, bindings jsonb, is_replay boolean default false, known_columns jsonb default null
)
returns table (kind text, payload text)
language plpgsql
stable
as $$
declare
    visible constant text[] := wedsync_internal.visible_paths(event, readable);
begin
    if visible is null then
        return;
    end if;
    kind := 'broadcast';
    payload := wedsync_internal.broadcast_frame(event, visible, is_replay);
    return next;
    if bindings <> '[]' then
        return query select c.kind, c.payload from wedsync_internal.row_change_frames(event, readable, bindings, known_columns) as c;
    end if;
end
$$;
comment on function wedsync_internal.event_frames(wedsync_data.events, bit, jsonb, boolean, jsonb) is
'Frames of an event for a group with these rights, limited to what it may see: none, a broadcast, or a broadcast and row changes. Events that changed only hidden fields have none.';
revoke all on function wedsync_internal.event_frames(wedsync_data.events, bit, jsonb, boolean, jsonb) from public;
