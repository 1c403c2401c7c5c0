create or replace function wedsync_internal.record_setting(
    subject_id uuid, table_name text, change_type text, path text, old_value jsonb, new_value jsonb
)
returns void
language plpgsql
volatile
as $$
begin
    insert into wedsync_data.wedding_clocks (couple_id) values (subject_id) on conflict on constraint wedding_clocks_pkey do nothing;
    perform wedsync_internal.lock_wedding(subject_id);
    perform wedsync_internal.append_change(
        subject_id, 'access',
        array[row(record_setting.table_name, record_setting.change_type, null, record_setting.path, null, old_value, new_value)::wedsync_internal.field_change],
        null
    );
end
$$;
comment on function wedsync_internal.record_setting(uuid, text, text, text, jsonb, jsonb) is
'Audits a change without an event: settings of a wedding or its suppliers, or of a supplier itself, whose chain has the supplier''s id.';
revoke all on function wedsync_internal.record_setting(uuid, text, text, text, jsonb, jsonb) from public;
