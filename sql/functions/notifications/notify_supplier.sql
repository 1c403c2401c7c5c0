create or replace function wedsync.notify_supplier(
    supplier_id uuid, couple_id uuid, type text, title text, message text, data jsonb default '{}'
)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    told wedsync_data.notifications;
begin
    perform wedsync_internal.check_json(data, 'data', 16384);
    perform wedsync_internal.require_given(
        '{supplier_id,couple_id,type,title,message}',
        array[supplier_id is not null, couple_id is not null, type is not null, title is not null, message is not null]
    );
    if type !~ '^[a-z][a-z0-9_]{0,49}$' or type = 'core_fields_updated' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "type", "rule": "1 to 50 lower-case letters, digits and _, not core_fields_updated"}');
    end if;
    if length(title) not between 1 and 200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "title", "rule": "1 to 200 characters"}');
    end if;
    if length(message) > 2000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "message", "rule": "at most 2000 characters"}');
    end if;
    if pg_catalog.jsonb_typeof(coalesce(data, '{}')) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "data", "rule": "object"}');
    end if;
    if wedsync_internal.access_status(couple_id, supplier_id) is distinct from 'approved' then
        perform wedsync_internal.fail('not_found');
    end if;
    insert into wedsync_data.notifications as n (couple_id, supplier_id, kind, title, message, right_nos, paths, changes, changed_by_type)
    values (
        notify_supplier.couple_id, notify_supplier.supplier_id, type, notify_supplier.title, notify_supplier.message, '{}', '{}',
        coalesce(data, '{}'), 'service'
    )
    returning n.* into told;
    perform wedsync_internal.store_messages(
        array['supplier_' || supplier_id], array['notification'], array[pg_catalog.jsonb_build_object(
            'id', told.id, 'type', told.kind, 'title', told.title, 'message', told.message, 'couple_id', told.couple_id, 'data', told.changes,
            'paths', '[]'::jsonb, 'updatedBy', told.changed_by_type, 'timestamp', told.created_at, 'read', false
        )], array[true], null
    );
    return told.id;
end
$$;
comment on function wedsync.notify_supplier(uuid, uuid, text, text, text, jsonb) is
'Sends a notification about a wedding to a supplier: stored as unread and broadcast on supplier_<id>
The supplier must have access to the wedding. title has 1 to 200 characters, message at most 2000, data is an object of at most 16384 bytes. They are delivered unchanged and must not contain what the supplier may not read. Returns the id.
Errors: not_found (PT404), invalid_value (22023), too_large (PT413).';
revoke all on function wedsync.notify_supplier(uuid, uuid, text, text, text, jsonb) from public;
grant execute on function wedsync.notify_supplier(uuid, uuid, text, text, text, jsonb) to service_role, wedsync_admin;
