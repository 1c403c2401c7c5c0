create or replace function wedsync_internal.request_unanswered(couple_id uuid, supplier_id uuid, wanted text[], wanted_writable text[])
returns jsonb
language plpgsql
volatile
as $$
declare
    waits wedsync_data.unanswered_requests;
begin
    insert into wedsync_data.unanswered_requests as r (couple_id, supplier_id, readable_fields, writable_fields)
    values (request_unanswered.couple_id, request_unanswered.supplier_id, wanted, array(select w.name from unnest(wanted) as w (name) where w.name = any (wanted_writable)))
    on conflict on constraint unanswered_requests_pkey do update
    set readable_fields = array(select distinct w.name from unnest(r.readable_fields || excluded.readable_fields) as w (name) order by w.name),
        writable_fields = array(select distinct w.name from unnest(r.writable_fields || excluded.writable_fields) as w (name) order by w.name),
        request_version = r.request_version + case
            when r.readable_fields @> excluded.readable_fields and r.writable_fields @> excluded.writable_fields then 0 else 1
        end,
        requested_at = now()
    returning r.* into waits;
    return pg_catalog.jsonb_build_object(
        'status', 'pending', 'readable_fields', '[]'::jsonb, 'writable_fields', '[]'::jsonb, 'requested_fields', waits.readable_fields,
        'requested_writable_fields', waits.writable_fields, 'request_version', waits.request_version
    );
end
$$;
comment on function wedsync_internal.request_unanswered(uuid, uuid, text[], text[]) is
'Stores a request for an id that is not a wedding, and returns the same as request_access for a pending request.';
revoke all on function wedsync_internal.request_unanswered(uuid, uuid, text[], text[]) from public;
