create or replace function wedsync_internal.derive_guests(op text, old_record wedsync_data.guests, new_record wedsync_data.guests)
returns wedsync_data.guests
language plpgsql
stable
as $$
begin
    if new_record.age_class not in ('adult', 'child', 'infant') then
        perform wedsync_internal.refuse_field('guests.names.ageClass', 'age_class');
    end if;
    if new_record.side not in ('partner1', 'partner2', 'both') then
        perform wedsync_internal.refuse_field('guests.names.side', 'side');
    end if;
    if new_record.plus_one_of = new_record.id then
        perform wedsync_internal.refuse_field('guests.names.plusOneOf', 'not_the_guest');
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_guests(text, wedsync_data.guests, wedsync_data.guests) is
'Hook of the record engine: refuses unknown sides and age classes, and guests who accompany themselves.';
revoke all on function wedsync_internal.derive_guests(text, wedsync_data.guests, wedsync_data.guests) from public;
