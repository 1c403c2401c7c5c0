create or replace function wedsync_internal.validate_guests_apart(op text, old_record wedsync_data.guests_apart, new_record wedsync_data.guests_apart)
returns jsonb
language plpgsql
stable
as $$
begin
    if new_record.guest_id = new_record.other_id then
        return '[{"path": "guests.private.apart.otherId", "rule": "two_guests"}]';
    end if;
    return '[]'::jsonb;
end
$$;
comment on function wedsync_internal.validate_guests_apart(text, wedsync_data.guests_apart, wedsync_data.guests_apart) is 'Hook of the record engine: nobody is kept apart from themselves.';
revoke all on function wedsync_internal.validate_guests_apart(text, wedsync_data.guests_apart, wedsync_data.guests_apart) from public;
