create or replace function wedsync_internal.presence_messages(diffs jsonb, out kind text, out item jsonb)
returns setof record
language sql
volatile
rows 10
begin atomic
    select m.kind, m.item
    from pg_catalog.jsonb_array_elements(diffs) with ordinality as d (diff, position)
    cross join lateral (select nullif(d.diff -> 'join', 'null') as arrived, nullif(d.diff -> 'leave', 'null') as departed) as c
    cross join lateral (
        select case when c.arrived is null then 'user_left' when c.departed is null then 'user_joined' else 'presence_update' end as event, right(d.diff ->> 'topic', 36) as couple_id
    ) as e
    cross join lateral (
        select 'presence' as kind, d.diff as item
        union all
        select 'broadcast' as kind, pg_catalog.jsonb_build_object(
            'node', '', 'topic', t.topic, 'lane', null, 'event', e.event, 'form', 'text',
            'payload', pg_catalog.jsonb_build_object(
                'type', e.event, 'data', coalesce(c.arrived, c.departed) - '{phx_ref,phx_ref_prev}'::text[], 'key', d.diff -> 'key', 'user_id', d.diff -> 'user_id',
                'couple_id', e.couple_id, 'timestamp', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            )::text,
            'meta', pg_catalog.jsonb_build_object('id', pg_catalog.gen_random_uuid())::text
        ) as item
        from (values ('presence_' || e.couple_id), ('core_fields_' || e.couple_id)) as t (topic)
        where d.diff ->> 'topic' ~ '^presence_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    ) as m
    order by d.position;
end;
comment on function wedsync_internal.presence_messages(jsonb) is
'Messages to all worker processes about presence diffs: each diff, and for users of a wedding the broadcast user_joined, user_left or presence_update on its channels.';
revoke all on function wedsync_internal.presence_messages(jsonb) from public;
