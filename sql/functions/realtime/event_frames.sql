-- requires: realtime/mask_record
create or replace function wedsync_internal.event_frames(event wedsync_data.events, audience wedsync_data.subscription_groups)
returns table (kind text, payload text)
language plpgsql
stable
as $$
declare
    visible text[];
    changes jsonb := event.changes;
    row_op text;
    ids jsonb;
    old_record jsonb;
begin
    if event.class = 'access' then
        if not audience.sees_access then
            return;
        end if;
        visible := event.paths;
    else
        for i in 1..cardinality(event.leaf_nos) loop
            if get_bit(audience.readable, event.leaf_nos[i]) = 1 then
                visible := array_append(visible, event.paths[i]);
            end if;
        end loop;
        if visible is null then
            return;
        end if;
        if cardinality(visible) < cardinality(event.paths) then
            select pg_catalog.jsonb_object_agg(v.path, event.changes -> v.path) into changes from unnest(visible) as v (path);
        end if;
    end if;

    if audience.wants_broadcast then
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
        )::text;
        return next;
    end if;

    if event.class = 'durable' and audience.bindings <> '[]' then
        row_op := case
            when event.table_name <> 'core_fields' then 'UPDATE'
            when event.op = 'TRUNCATE' then 'DELETE'
            else event.op
        end;
        select pg_catalog.jsonb_agg(b.v -> 'id') into ids
        from pg_catalog.jsonb_array_elements(audience.bindings) as b (v)
        where b.v -> 'matches' = 'true' and b.v ->> 'event' in ('*', row_op);
        if ids is null or event.record is null then
            return;
        end if;
        kind := 'postgres_changes';
        if row_op = 'UPDATE' then
            old_record := wedsync_internal.mask_record(
                coalesce(event.old_record, pg_catalog.jsonb_build_object('id', event.record -> 'id', 'couple_id', event.couple_id))
                - array(select h.key from pg_catalog.jsonb_object_keys(audience.masked_columns) as h (key)),
                '{}', audience.masked_keys
            );
        elsif row_op = 'DELETE' then
            old_record := wedsync_internal.mask_record(event.record, audience.masked_columns, audience.masked_keys);
        end if;
        payload := pg_catalog.jsonb_build_object(
            'ids', ids,
            'data', pg_catalog.jsonb_build_object(
                'schema', 'wedsync',
                'table', 'core_fields',
                'type', row_op,
                'commit_timestamp', to_char(event.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                'columns', audience.columns,
                'errors', null
            )
            || case when row_op <> 'DELETE' then pg_catalog.jsonb_build_object(
                'record', wedsync_internal.mask_record(event.record, audience.masked_columns, audience.masked_keys)
            ) else '{}' end
            || case when row_op <> 'INSERT' then pg_catalog.jsonb_build_object('old_record', old_record) else '{}' end
        )::text;
        return next;
    end if;
end
$$;
comment on function wedsync_internal.event_frames(wedsync_data.events, wedsync_data.subscription_groups) is
'What an audience hears of an event, already limited to what it may see: none, a broadcast, a row change or both. An event of hidden leaves only is not heard at all.';
revoke all on function wedsync_internal.event_frames(wedsync_data.events, wedsync_data.subscription_groups) from public;
