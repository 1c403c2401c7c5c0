create or replace function wedsync.touch_presence(couple_id uuid, meta jsonb default '{}')
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    channel constant text := 'presence_' || couple_id;
    entry wedsync_data.presence_entries;
    new_ref text;
    lease constant timestamptz := now() + make_interval(
        secs => (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'presence_lease_seconds')
    );
begin
    perform wedsync_internal.enforce_rate_limit('realtime-presence');
    perform wedsync_internal.check_json(meta, 'meta', wedsync_internal.setting_limit('presence_max_bytes'));
    if couple_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}');
    end if;
    if meta is null or pg_catalog.jsonb_typeof(meta) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "meta", "rule": "object"}');
    end if;
    if not exists (select from wedsync_internal.caller_access as a where a.couple_id = touch_presence.couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    select e.* into entry from wedsync_data.presence_entries as e
    where e.topic = channel and e.user_id = caller and e.node is null for update;
    if entry.ref is not null and (entry.meta = meta or meta = '{}') then
        update wedsync_data.presence_entries as e
        set last_activity = now(), lease_until = lease, status = wedsync_internal.presence_status(entry.meta) where e.ref = entry.ref;
    else
        new_ref := substr(replace(pg_catalog.gen_random_uuid()::text, '-', ''), 1, 16);
        delete from wedsync_data.presence_entries as e where e.ref = entry.ref;
        insert into wedsync_data.presence_entries (ref, topic, key, user_id, couple_id, meta, status, lease_until)
        values (new_ref, channel, caller::text, caller, touch_presence.couple_id, touch_presence.meta, wedsync_internal.presence_status(meta), lease);
        perform wedsync_internal.announce_presence(pg_catalog.jsonb_build_array(wedsync_internal.presence_diff(
            channel, wedsync_internal.next_presence_version(channel), caller::text, caller,
            meta || pg_catalog.jsonb_build_object('phx_ref', new_ref)
                || case when entry.ref is not null then pg_catalog.jsonb_build_object('phx_ref_prev', entry.ref) else '{}' end,
            case when entry.ref is not null then entry.meta || pg_catalog.jsonb_build_object('phx_ref', entry.ref) end
        )));
    end if;
    return pg_catalog.jsonb_build_object('lease_until', lease);
end
$$;
comment on function wedsync.touch_presence(uuid, jsonb) is
'Marks the caller as present at a wedding, for clients without a socket
meta may contain status (online, away, busy, offline), current_section, active_document, cursor_position, is_typing, current_task and availability. Repeat it before lease_until, which it returns. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.touch_presence(uuid, jsonb) from public;
grant execute on function wedsync.touch_presence(uuid, jsonb) to authenticated;
