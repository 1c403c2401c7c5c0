create or replace function wedsync_internal.derive_guests_apart(op text, old_record wedsync_data.guests_apart, new_record wedsync_data.guests_apart)
returns wedsync_data.guests_apart
language plpgsql
stable
as $$
declare
    first constant uuid := least(new_record.guest_id, new_record.other_id);
begin
    -- always in the same order, so that a pair is stored once
    new_record.other_id := greatest(new_record.guest_id, new_record.other_id);
    new_record.guest_id := first;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_guests_apart(text, wedsync_data.guests_apart, wedsync_data.guests_apart) is 'Hook of the record engine: the two guests in the order of their ids.';
revoke all on function wedsync_internal.derive_guests_apart(text, wedsync_data.guests_apart, wedsync_data.guests_apart) from public;
