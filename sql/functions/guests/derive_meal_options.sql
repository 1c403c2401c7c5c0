create or replace function wedsync_internal.derive_meal_options(op text, old_record wedsync_data.meal_options, new_record wedsync_data.meal_options)
returns wedsync_data.meal_options
language plpgsql
stable
as $$
begin
    -- before the foreign key of the replies, whose error names no field
    if op = 'UPDATE' and new_record.event_id <> old_record.event_id and exists (
        select from wedsync_data.rsvps as r
        where r.couple_id = old_record.couple_id and r.event_id = old_record.event_id and r.meal_option_id = old_record.id
    ) then
        perform wedsync_internal.refuse_field('events.meals.eventId', 'meal_is_chosen');
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_meal_options(text, wedsync_data.meal_options, wedsync_data.meal_options) is
'Hook of the record engine: a meal that guests have chosen stays at its event.';
revoke all on function wedsync_internal.derive_meal_options(text, wedsync_data.meal_options, wedsync_data.meal_options) from public;
