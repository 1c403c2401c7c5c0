create or replace function wedsync_internal.derive_rsvps(op text, old_record wedsync_data.rsvps, new_record wedsync_data.rsvps)
returns wedsync_data.rsvps
language plpgsql
stable
as $$
declare
    status constant text := wedsync_internal.rsvp_status_named(new_record.status);
begin
    if status is null then
        perform wedsync_internal.refuse_field('guests.rsvp.status', 'rsvp_status');
    end if;
    new_record.status := status;
    if status not in ('attending', 'tentative', 'waitlist') then
        if new_record.additional_guests > 0 and new_record.additional_guests is distinct from old_record.additional_guests then
            perform wedsync_internal.refuse_field('guests.rsvp.additionalGuests', 'only_who_comes_brings_guests');
        end if;
        new_record.additional_guests := 0;
    end if;
    if op = 'INSERT' or new_record.status is distinct from old_record.status then
        if status = 'pending' then
            new_record.answered_at := null;
            new_record.answered_via := null;
        elsif op = 'INSERT' and new_record.answered_at is null or op = 'UPDATE' and new_record.answered_at is not distinct from old_record.answered_at then
            new_record.answered_at := pg_catalog.statement_timestamp();
            new_record.answered_via := case when wedsync_internal.is_service() then 'server' else 'member' end;
        end if;
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_rsvps(text, wedsync_data.rsvps, wedsync_data.rsvps) is
'Hook of the record engine: stores a status under its name, dates a reply, and keeps companions of those who come only.';
revoke all on function wedsync_internal.derive_rsvps(text, wedsync_data.rsvps, wedsync_data.rsvps) from public;
