create or replace function wedsync.timeline_calendar(couple_id uuid)
returns wedsync."text/calendar"
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('timeline-calendar');
    perform wedsync_internal.require_timeline_reader(couple_id);
    perform set_config('response.headers', '[{"Content-Disposition": "attachment; filename=\"timeline.ics\""}, {"Cache-Control": "private, no-store"}]', true);
    return wedsync_internal.calendar_of_timeline(couple_id, true);
end
$$;
comment on function wedsync.timeline_calendar(uuid) is
'The timeline items that the caller can see as an iCalendar document, which PostgREST serves as text/calendar
Times are in the zones of the items, each with its VTIMEZONE, and in UTC where clocks show a time twice. UID is stable, SEQUENCE grows with each change, STATUS is CANCELLED for skipped items. ORGANIZER is the couple; ATTENDEE are suppliers, with PARTSTAT from their booking, and participants, as far as the caller can see them. E-mail addresses are for members of the wedding who may read them; others get names. Reads by suppliers are logged. For calendar programs, which cannot sign in, see create_calendar_feed. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.timeline_calendar(uuid) from public;
grant execute on function wedsync.timeline_calendar(uuid) to authenticated, service_role, wedsync_admin;
