create or replace function wedsync_internal.derive_wedding_events(op text, old_record wedsync_data.wedding_events, new_record wedsync_data.wedding_events)
returns wedsync_data.wedding_events
language plpgsql
stable
as $$
begin
    if new_record.kind not in ('ceremony', 'reception', 'dinner', 'party', 'brunch', 'rehearsal', 'welcome', 'civil', 'mehndi', 'sangeet', 'haldi', 'tea', 'other') then
        perform wedsync_internal.refuse_field('events.kind', 'event_kind');
    end if;
    if new_record.ends_at < new_record.starts_at then
        perform wedsync_internal.refuse_field('events.endsAt', 'not_before_the_start');
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_wedding_events(text, wedsync_data.wedding_events, wedsync_data.wedding_events) is
'Hook of the record engine: refuses unknown kinds, and ends before the start.';
revoke all on function wedsync_internal.derive_wedding_events(text, wedsync_data.wedding_events, wedsync_data.wedding_events) from public;
