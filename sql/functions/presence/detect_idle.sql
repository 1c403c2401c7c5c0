create or replace function wedsync.detect_idle(couple_id uuid, threshold interval default null)
returns setof uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    idle_after constant interval := make_interval(
        secs => (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'presence_idle_seconds')
    );
    after constant interval := coalesce(threshold, idle_after);
    entry wedsync_data.presence_entries;
    new_ref text;
    diffs jsonb := '[]'::jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('realtime-idle');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    if after not between interval '0' and interval '1 year' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "threshold", "rule": "between zero and one year"}');
    end if;
    -- callers cannot mark active users as away
    if after < idle_after and not wedsync_internal.is_service() then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'threshold', 'rule', 'at least presence_idle_seconds', 'presence_idle_seconds', extract(epoch from idle_after)::integer
        ));
    end if;
    if not exists (select from wedsync_internal.caller_access as a where a.couple_id = detect_idle.couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    for entry in
        select e.* from wedsync_data.presence_entries as e
        where e.couple_id = detect_idle.couple_id and e.status = 'online' and e.last_activity < now() - after
        order by e.topic, e.ref
        for update skip locked
    loop
        new_ref := substr(replace(pg_catalog.gen_random_uuid()::text, '-', ''), 1, 16);
        update wedsync_data.presence_entries as e
        set ref = new_ref, status = 'away', meta = e.meta || '{"status": "away"}' where e.ref = entry.ref;
        diffs := diffs || wedsync_internal.presence_diff(
            entry.topic, wedsync_internal.next_presence_version(entry.topic), entry.key, entry.user_id,
            entry.meta || pg_catalog.jsonb_build_object('status', 'away', 'phx_ref', new_ref, 'phx_ref_prev', entry.ref),
            entry.meta || pg_catalog.jsonb_build_object('phx_ref', entry.ref)
        );
        return next entry.user_id;
    end loop;
    perform wedsync_internal.announce_presence(diffs);
end
$$;
comment on function wedsync.detect_idle(uuid, interval) is
'Marks inactive users of a wedding as away, notifies their channels, and returns their ids
threshold defaults to the setting presence_idle_seconds; only server roles may pass a shorter one. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.detect_idle(uuid, interval) from public;
grant execute on function wedsync.detect_idle(uuid, interval) to authenticated, service_role;
