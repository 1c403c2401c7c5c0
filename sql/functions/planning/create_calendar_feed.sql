create or replace function wedsync.create_calendar_feed(couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    secret constant text := wedsync_internal.new_token('wcf_');
    caller uuid;
    made uuid;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    caller := wedsync_internal.require_user();
    perform wedsync_internal.require_timeline_reader(couple_id);
    -- keeps the count below correct
    perform wedsync_internal.lock_wedding(couple_id);
    perform wedsync_internal.enforce_cap('calendar_feeds_per_user', (
        select count(*) from wedsync_data.calendar_feeds as f
        where f.couple_id = create_calendar_feed.couple_id and f.user_id = caller and f.revoked_at is null
    ));
    insert into wedsync_data.calendar_feeds (couple_id, token_hash, user_id)
    values (create_calendar_feed.couple_id, pg_catalog.sha256(convert_to(secret, 'UTF8')), caller)
    returning id into made;
    return pg_catalog.jsonb_build_object('id', made, 'token', secret, 'path', '/rpc/calendar_feed?token=' || secret);
end
$$;
comment on function wedsync.create_calendar_feed(uuid) is
'Creates a secret address of the timeline for a calendar program and returns {id, token, path}
The address shows what the caller may see, as long as the caller may see it; whoever has it can read that. path is relative to the API, and is returned only once: only a hash is stored. Errors: not_signed_in (42501), not_found (PT404), cap_reached (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.create_calendar_feed(uuid) from public;
grant execute on function wedsync.create_calendar_feed(uuid) to authenticated;
