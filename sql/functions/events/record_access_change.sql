create or replace function wedsync_internal.record_access_change(
    couple_id uuid, table_name text, change_type text, path text, old_value jsonb, new_value jsonb
)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.record_change(
        record_access_change.couple_id, record_access_change.table_name,
        case change_type when 'create' then 'INSERT' when 'update' then 'UPDATE' else 'DELETE' end, record_access_change.change_type,
        null, array[record_access_change.path], null, array[old_value], array[new_value], null, null
    );
end
$$;
comment on function wedsync_internal.record_access_change(uuid, text, text, text, jsonb, jsonb) is
'Audits and announces a change of membership or of a supplier''s access. Seen by members who manage sharing.';
revoke all on function wedsync_internal.record_access_change(uuid, text, text, text, jsonb, jsonb) from public;
