create or replace function wedsync_internal.derive_core_fields(op text, old_record wedsync_data.core_fields, new_record wedsync_data.core_fields)
returns wedsync_data.core_fields
language plpgsql
stable
as $$
begin
    if op = 'UPDATE' then
        if new_record.guest_count is distinct from old_record.guest_count then
            return wedsync_internal.settle_guest_total(old_record, new_record);
        end if;
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_core_fields(text, wedsync_data.core_fields, wedsync_data.core_fields) is
'Hook of the record engine: sets derived fields before the row is compared and stored. The guest total is the sum of its parts.';
revoke all on function wedsync_internal.derive_core_fields(text, wedsync_data.core_fields, wedsync_data.core_fields) from public;
