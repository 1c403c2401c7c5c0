create or replace function wedsync.revoke_calendar_feed(couple_id uuid, feed_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller uuid;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    perform wedsync_internal.require_given('{couple_id,feed_id}', array[couple_id is not null, feed_id is not null]);
    caller := wedsync_internal.require_user();
    update wedsync_data.calendar_feeds as f set revoked_at = coalesce(f.revoked_at, now())
    where f.couple_id = revoke_calendar_feed.couple_id and f.id = revoke_calendar_feed.feed_id and f.user_id = caller;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.revoke_calendar_feed(uuid, uuid) is
'Ends one of the caller''s secret calendar addresses
Ending it again is not an error. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.revoke_calendar_feed(uuid, uuid) from public;
grant execute on function wedsync.revoke_calendar_feed(uuid, uuid) to authenticated;
