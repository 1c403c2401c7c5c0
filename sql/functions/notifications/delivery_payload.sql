create or replace function wedsync_internal.delivery_payload(
    id uuid, channel text, kind text, couple_id uuid, told wedsync_data.notifications, subject text, body text, data jsonb
)
returns text
language sql
stable
as $$
    select (pg_catalog.jsonb_build_object('type', kind, 'timestamp', coalesce(told.created_at, now()), 'data', pg_catalog.jsonb_build_object(
        'id', coalesce(told.id, $1), 'couple_id', couple_id, 'title', subject, 'message', case channel when 'push' then left(body, 500) else body end,
        'priority', told.priority, 'reference', told.reference
    ) || case when channel = 'webhook' then pg_catalog.jsonb_build_object('values', coalesce(told.changes, data, '{}')) else '{}' end))::text
$$;
comment on function wedsync_internal.delivery_payload(uuid, text, text, uuid, wedsync_data.notifications, text, text, jsonb) is
'JSON of push and webhook. A push carries no values but those in its texts, which are cut so that every push service takes it.';
revoke all on function wedsync_internal.delivery_payload(uuid, text, text, uuid, wedsync_data.notifications, text, text, jsonb) from public;
