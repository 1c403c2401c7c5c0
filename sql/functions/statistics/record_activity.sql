create or replace function wedsync_internal.record_activity(activity jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
begin
    if not wedsync_internal.has_partition('realtime_activity', now()) then
        perform wedsync_internal.make_partition('realtime_activity', now());
    end if;
    insert into wedsync_data.realtime_activity as a (minute, user_id, topic, event_type, count, last_at)
    select date_trunc('minute', now()), r.user_id, t.topic, left(r.event_type, 100), sum(r.count), now()
    from pg_catalog.jsonb_to_recordset(activity) as r (user_id uuid, topic text, event_type text, count bigint)
    cross join lateral (values (left(wedsync_internal.canonical_topic(r.topic), 255))) as t (topic)
    where r.user_id is not null and r.count > 0
    group by r.user_id, t.topic, left(r.event_type, 100)
    order by 2, 3, 4
    on conflict on constraint realtime_activity_pkey do update set count = a.count + excluded.count, last_at = excluded.last_at;
end
$$;
comment on function wedsync_internal.record_activity(jsonb) is
'Adds to the counters of delivered messages and subscription events: array of {user_id, topic, event_type, count}. Called by the worker in batches.';
revoke all on function wedsync_internal.record_activity(jsonb) from public;
grant execute on function wedsync_internal.record_activity(jsonb) to wedsync_worker;
