create or replace function wedsync.calendar_feed(token text)
returns wedsync."*/*"
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant text := coalesce(current_setting('request.jwt.claims', true), '');
    feed wedsync_data.calendar_feeds;
    calendar text;
begin
    perform wedsync_internal.count_link_request('calendar-feed', token);
    perform wedsync_internal.require_given('{token}', array[token is not null]);
    select f.* into feed from wedsync_data.calendar_feeds as f
    where f.token_hash = pg_catalog.sha256(convert_to(left(token, 200), 'UTF8')) and f.revoked_at is null;
    if feed.id is not null then
        -- read as the user of the feed, with today's rights
        perform set_config('request.jwt.claims', pg_catalog.jsonb_build_object('sub', feed.user_id, 'role', 'authenticated')::text, true);
        if exists (select from wedsync_internal.caller_access as a where a.couple_id = feed.couple_id) then
            perform wedsync_internal.log_timeline_read(feed.couple_id);
            calendar := wedsync_internal.calendar_of_timeline(feed.couple_id, false);
        end if;
        perform set_config('request.jwt.claims', claims, true);
    end if;
    if calendar is null then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the address must be valid"}', 'Create a new one with create_calendar_feed.');
    end if;
    perform set_config('response.headers', '[{"Content-Type": "text/calendar; charset=utf-8"}, {"Cache-Control": "private, no-store"}, {"Referrer-Policy": "no-referrer"}]', true);
    return calendar;
end
$$;
comment on function wedsync.calendar_feed(text) is
'The calendar behind a secret address, for calendar programs: GET /rpc/calendar_feed?token=...
Served as text/calendar, whatever the program accepts. Shows what the user who created it may see now, without ORGANIZER and ATTENDEE, which published calendars must not have (RFC 5545, 3.8.4.1). Needs no sign-in. Errors: not_found (PT404) for every address that is not valid, read_is_logged (PT405) where administrators require that reads of suppliers are logged, invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.calendar_feed(text) from public;
grant execute on function wedsync.calendar_feed(text) to anon, authenticated;
