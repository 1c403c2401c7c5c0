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
    visible text[];
    changes jsonb := event.changes;
    mask wedsync_data.visibility_masks;
    view_name text;
begin
    case event.class
        when 'durable' then
            for i in 1..cardinality(event.right_nos) loop
                if get_bit(readable, event.right_nos[i]) = 1 then
                    visible := array_append(visible, event.paths[i]);
                end if;
            end loop;
            if visible is null then
                return;
            end if;
            if cardinality(visible) < cardinality(event.paths) then
                select pg_catalog.jsonb_object_agg(v.path, event.changes -> v.path) into changes from unnest(visible) as v (path);
            end if;
        when 'access' then
            if not wedsync_internal.sees_sharing(readable) then
                return;
            end if;
            visible := event.paths;
        else
            -- records of a supplier, and keys of deleted rows: the caller has decided who receives them
            visible := event.paths;
    end case;

    kind := 'broadcast';
    payload := pg_catalog.jsonb_build_object(
        'type', 'broadcast',
        'event', event.event_type,
        'payload', pg_catalog.jsonb_build_object(
            'type', event.event_type,
            'data', changes,
            'updatedBy', event.actor_type,
            'timestamp', event.created_at,
            'metadata', pg_catalog.jsonb_build_object(
                'seq', event.seq, 'version', event.record -> 'version_number', 'table', event.table_name, 'operation', event.op,
                'changed', to_jsonb(visible), 'updatedById', event.actor_id, 'supplierId', event.supplier_id
            ),
            'couple_id', event.couple_id,
            'server_timestamp', pg_catalog.clock_timestamp()
        ),
        'meta', pg_catalog.jsonb_build_object('id', event.couple_id || ':' || event.seq)
            || case when is_replay then '{"replayed": true}'::jsonb else '{}' end
    )::text;
    return next;

    if event.class <> 'access' and bindings <> '[]' then
        if event.class = 'durable' then
            mask := wedsync_internal.visibility(readable);
            view_name := wedsync_internal.published_view(event.table_name);
            -- without knowing what to hide, no row is shown
            payload := case when mask.masked_columns ? view_name then wedsync_internal.row_change(
                event, bindings, mask.masked_columns -> view_name, mask.masked_keys -> view_name, known_columns
            ) end;
        else
            payload := wedsync_internal.row_change(event, bindings, '{}', '{}', known_columns);
        end if;
        if payload is not null then
            kind := 'postgres_changes';
            return next;
        end if;
    end if;
    if event.class in ('durable', 'access') and bindings @> '[{"table": "core_fields_audit"}]' then
        return query select 'postgres_changes'::text, a.payload from wedsync_internal.audit_inserts(event, readable, bindings) as a (payload);
    end if;
end
$$;
comment on function wedsync_internal.event_frames(wedsync_data.events, bit, jsonb, boolean, jsonb) is
'Frames of an event for a group with these rights, limited to what it may see: none, a broadcast, or a broadcast and row changes. Events that changed only hidden fields have none.';
revoke all on function wedsync_internal.event_frames(wedsync_data.events, bit, jsonb, boolean, jsonb) from public;
