create or replace function wedsync_internal.synced_events(subscription_id bigint, after_seq bigint, max_rows integer default 100)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- a page is one message, which has to fit into the send buffer of a socket
    max_bytes constant integer := 262144;
    audience wedsync_data.subscription_groups;
    caller uuid;
    readable_nos smallint[];
    retry_after integer;
    answer jsonb;
begin
    select g.* into audience
    from wedsync_data.subscriptions as s join wedsync_data.subscription_groups as g on g.id = s.group_id
    where s.id = synced_events.subscription_id and s.active;
    if audience.id is null then
        return '{"ok": false, "code": "NotJoined", "reason": "the channel is not joined"}'::jsonb;
    end if;
    if audience.scope <> 'wedding' then
        return '{"ok": false, "code": "SyncNotAvailable", "reason": "events are numbered per wedding: join a channel of one"}'::jsonb;
    end if;
    if after_seq is null or after_seq < 0 or max_rows is null or max_rows not between 1 and 500 then
        return '{"ok": false, "code": "MalformedSync", "reason": "after_seq is a number from 0 on, max_rows one from 1 to 500"}'::jsonb;
    end if;
    select s.user_id into caller from wedsync_data.subscriptions as s where s.id = synced_events.subscription_id;
    if not audience.is_service then
        retry_after := wedsync_internal.take_request(caller, 'core-fields-read');
        if retry_after is not null then
            return pg_catalog.jsonb_build_object(
                'ok', false, 'code', 'SyncRateLimitReached', 'reason', 'too many reads, try again in ' || retry_after || ' seconds'
            );
        end if;
        -- the access log takes the reader from the claims of the transaction
        perform pg_catalog.set_config('request.jwt.claims', pg_catalog.jsonb_build_object('sub', caller, 'role', 'authenticated')::text, true);
        perform wedsync_internal.log_access(audience.couple_id, 'data_sync');
    end if;
    readable_nos := array(select n from generate_series(0, 127) as n where get_bit(audience.readable, n) = 1);
    select pg_catalog.jsonb_build_object(
        'ok', true,
        'events', coalesce(pg_catalog.jsonb_agg(p.payload::jsonb order by p.seq) filter (where p.fits), '[]'),
        'last_seq', coalesce(max(p.seq) filter (where p.fits), after_seq),
        'more', coalesce(bool_or(not p.fits), false),
        'trimmed', wedsync_internal.is_trimmed(audience.couple_id, after_seq)
    )
    into answer
    from (
        select
            f.seq, f.payload,
            row_number() over w <= max_rows and (row_number() over w = 1 or sum(octet_length(f.payload)) over w <= max_bytes) as fits
        from (
            select e.seq, h.payload
            from wedsync_data.events as e
            cross join lateral wedsync_internal.group_event_rights(audience, e) as r (readable)
            cross join lateral wedsync_internal.event_frames(e, r.readable, '[]', true) as h
            where e.couple_id = audience.couple_id and e.seq > after_seq and r.readable is not null
                -- skipped cheaply, because a caller may be able to read very little of a long history
                and (e.class <> 'durable' or e.right_nos && readable_nos)
                and wedsync_internal.published_view(e.table_name) = any (audience.tables)
            order by e.seq
            limit max_rows + 1
        ) as f
        window w as (order by f.seq)
    ) as p;
    return answer;
end
$$;
comment on function wedsync_internal.synced_events(bigint, bigint, integer) is
'A page of the events of a wedding after a sequence number, as a joined channel receives them, by its current rights
Returns {ok, events, last_seq, more, trimmed}: continue after last_seq while more is true; trimmed means that the events right after after_seq are no longer retained. Or {ok: false, code, reason}. Counted and logged as a read of the user. A page has at most 256 KiB, or one event.';
revoke all on function wedsync_internal.synced_events(bigint, bigint, integer) from public;
grant execute on function wedsync_internal.synced_events(bigint, bigint, integer) to wedsync_worker;
