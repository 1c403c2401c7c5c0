create or replace function wedsync_internal.record_access_change(
    couple_id uuid, table_name text, change_type text, path text, old_value jsonb, new_value jsonb
)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.append_change(
        record_access_change.couple_id, 'access',
        array[row(
            record_access_change.table_name, record_access_change.change_type, null, record_access_change.path, null, old_value, new_value
        )::wedsync_internal.field_change],
        array[row(
            record_access_change.table_name, case change_type when 'create' then 'INSERT' when 'update' then 'UPDATE' else 'DELETE' end,
            'access_changed', null, null, null, null, null, null, null, null
        )::wedsync_internal.change_event]
    );
end
$$;
comment on function wedsync_internal.record_access_change(uuid, text, text, text, jsonb, jsonb) is
'Audits and announces a change of membership or of a supplier''s access, visible to members who manage sharing.';
revoke all on function wedsync_internal.record_access_change(uuid, text, text, text, jsonb, jsonb) from public;
