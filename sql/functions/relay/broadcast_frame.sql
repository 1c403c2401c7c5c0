create or replace function wedsync_internal.broadcast_frame(event wedsync_data.events, visible text[], is_replay boolean)
returns text
language sql
-- like clock_timestamp: with a stricter label it would not be inlined
volatile
as $$
    select pg_catalog.jsonb_build_object(
        'type', 'broadcast',
        'event', event.event_type,
        'payload', pg_catalog.jsonb_build_object(
            'type', event.event_type,
            'data', case
                when event.path_prefix is not null then wedsync_internal.row_values(event, visible)
                when cardinality(visible) < cardinality(event.paths) then wedsync_internal.visible_changes(event.changes, visible) else event.changes
            end,
            'updatedBy', event.actor_type,
            'timestamp', event.created_at,
            'metadata', pg_catalog.jsonb_build_object(
                'seq', event.seq, 'version', event.record -> 'version_number', 'table', event.table_name, 'operation', event.op,
                'changed', to_jsonb(visible), 'updatedById', event.actor_id, 'supplierId', event.supplier_id
            ),
            'couple_id', event.couple_id,
            'server_timestamp', pg_catalog.clock_timestamp()
        ),
        'meta', case
            when is_replay then pg_catalog.jsonb_build_object('id', event.couple_id || ':' || event.seq, 'replayed', true)
            else pg_catalog.jsonb_build_object('id', event.couple_id || ':' || event.seq)
        end
    )::text
$$;
comment on function wedsync_internal.broadcast_frame(wedsync_data.events, text[], boolean) is
'Payload of an event as a broadcast, with the changes of these paths only; is_replay marks events that the client has missed.';
revoke all on function wedsync_internal.broadcast_frame(wedsync_data.events, text[], boolean) from public;
