create or replace function wedsync_internal.presence_apply(node uuid, changes jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    largest constant integer := wedsync_internal.setting_limit('presence_max_bytes');
    change jsonb;
    subscription wedsync_data.subscriptions;
    entry wedsync_data.presence_entries;
    presence_topic text;
    new_ref text;
    position bigint;
    diffs jsonb := '[]'::jsonb;
    results jsonb := '[]'::jsonb;
    fault jsonb;
    problem text;
begin
    for change in select c.v from pg_catalog.jsonb_array_elements(changes) with ordinality as c (v, n) order by c.v ->> 'topic', c.n loop
        select s.* into subscription from wedsync_data.subscriptions as s
        where s.id = (change ->> 'subscription_id')::bigint and s.node = presence_apply.node;
        fault := wedsync_internal.json_problem(change -> 'meta', largest);
        problem := case
            when subscription.id is null or (change ->> 'op' <> 'untrack' and (not subscription.active or subscription.ended or subscription.group_id is null)) then 'the channel has ended'
            when change ->> 'op' = 'track' and pg_catalog.jsonb_typeof(change -> 'meta') is distinct from 'object' then 'Presence track payload must be a map'
            when change ->> 'op' = 'track' and fault is not null then case fault ->> 'kind' when 'size' then 'Track message size exceeded' else fault ->> 'rule' end
            when change ->> 'key' in ('', 'ids') or length(change ->> 'key') > 255 then 'the presence key must have 1 to 255 characters and not be ids'
        end;
        if problem is null then
            presence_topic := wedsync_internal.presence_topic(
                subscription.topic, (select g.scope = 'free' from wedsync_data.subscription_groups as g where g.id = subscription.group_id), subscription.is_private
            );
            select e.* into entry from wedsync_data.presence_entries as e where e.subscription_id = subscription.id for update;
            if change ->> 'op' = 'track' and entry.ref is null and not subscription.is_service
                and wedsync_internal.is_foreign_key(presence_topic, change ->> 'key', subscription.user_id) then
                problem := 'the presence key is used by another person: choose another';
            end if;
        end if;
        if problem is not null then
            results := results || pg_catalog.jsonb_build_object('subscription_id', change -> 'subscription_id', 'problem', problem);
            continue;
        end if;
        results := results || pg_catalog.jsonb_build_object('subscription_id', change -> 'subscription_id', 'problem', null);
        if change ->> 'op' = 'move' then
            update wedsync_data.presence_entries as e set subscription_id = subscription.id, user_id = subscription.user_id
            where e.subscription_id = (change ->> 'from')::bigint and e.node = presence_apply.node and e.topic = presence_topic;
            continue;
        end if;
        if change ->> 'op' = 'track' then
            -- messages of the client count as activity, refreshed tokens do not
            if entry.ref is not null and change -> 'unless_present' = 'true' then
                continue;
            end if;
            if entry.ref is not null and entry.meta = change -> 'meta' then
                update wedsync_data.presence_entries as e set last_activity = now(), status = wedsync_internal.presence_status(e.meta) where e.ref = entry.ref and e.last_activity < now() - interval '10 seconds';
                continue;
            end if;
            new_ref := substr(replace(pg_catalog.gen_random_uuid()::text, '-', ''), 1, 16);
            position := wedsync_internal.next_presence_version(presence_topic);
            if entry.ref is null then
                insert into wedsync_data.presence_entries (ref, topic, key, node, subscription_id, user_id, couple_id, meta, status)
                values (
                    new_ref, presence_topic, coalesce(change ->> 'key', new_ref), presence_apply.node, subscription.id, subscription.user_id,
                    subscription.couple_id, change -> 'meta', wedsync_internal.presence_status(change -> 'meta')
                );
            else
                update wedsync_data.presence_entries as e
                set ref = new_ref, meta = change -> 'meta', status = wedsync_internal.presence_status(change -> 'meta'), last_activity = now()
                where e.ref = entry.ref;
            end if;
            diffs := diffs || wedsync_internal.presence_diff(
                presence_topic, position, coalesce(entry.key, change ->> 'key', new_ref), subscription.user_id,
                (change -> 'meta') || pg_catalog.jsonb_build_object('phx_ref', new_ref)
                    || case when entry.ref is not null then pg_catalog.jsonb_build_object('phx_ref_prev', entry.ref) else '{}' end,
                case when entry.ref is not null then entry.meta || pg_catalog.jsonb_build_object('phx_ref', entry.ref) end
            );
        elsif entry.ref is not null then
            delete from wedsync_data.presence_entries as e where e.ref = entry.ref;
            diffs := diffs || wedsync_internal.presence_diff(
                entry.topic, wedsync_internal.next_presence_version(entry.topic), entry.key, entry.user_id,
                null, entry.meta || pg_catalog.jsonb_build_object('phx_ref', entry.ref)
            );
        end if;
    end loop;
    return pg_catalog.jsonb_build_object('results', results, 'diffs', diffs, 'messages', wedsync_internal.announce_presence(diffs));
end
$$;
comment on function wedsync_internal.presence_apply(uuid, jsonb) is
'Applies presence changes of a worker process: array of {op: track, untrack or move, subscription_id, topic, key, meta, from, unless_present}
Returns {results, diffs, messages}: messages are those that the worker has to send to all processes, as [kind, item]. Each diff {topic, version, key, user_id, join, leave} is numbered per topic; all processes, this one too, get them over the bus and apply them in order of version. Repeating the same meta is not a change. Keys of other users are refused. A move puts the entry of the subscription from under this one and its user, after a refreshed token, and does not count as activity; nor does a track with unless_present where there is an entry.';
revoke all on function wedsync_internal.presence_apply(uuid, jsonb) from public;
grant execute on function wedsync_internal.presence_apply(uuid, jsonb) to wedsync_worker;
