create or replace function wedsync_internal.row_change_frames(
    event wedsync_data.events, readable bit, bindings jsonb, known_columns jsonb default null
)
returns table (kind text, payload text)
language plpgsql
stable
as $$
declare
    mask wedsync_data.visibility_masks;
    view_name text;
begin
    kind := 'postgres_changes';
    if event.class <> 'access' then
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
            return next;
        end if;
    end if;
    if event.class in ('durable', 'access') and bindings @> '[{"table": "core_fields_audit"}]' then
        return query select 'postgres_changes'::text, a.payload from wedsync_internal.audit_inserts(event, readable, bindings) as a (payload);
    end if;
end
$$;
comment on function wedsync_internal.row_change_frames(wedsync_data.events, bit, jsonb, jsonb) is
'Row changes of an event for a group with these rights and bindings, limited to what it may see. Call it only for events with visible paths.';
revoke all on function wedsync_internal.row_change_frames(wedsync_data.events, bit, jsonb, jsonb) from public;
