create or replace function wedsync_internal.push_notifications(told wedsync_data.notifications[])
returns integer
language plpgsql
volatile
as $$
declare
    topics text[];
    payloads jsonb[];
begin
    select
        array_agg(coalesce('supplier_' || n.supplier_id, 'user_' || n.user_id) order by n.recipient_id),
        array_agg(pg_catalog.jsonb_build_object(
            'id', n.id, 'type', n.kind, 'title', n.title, 'message', n.message, 'couple_id', n.couple_id, 'data', n.changes, 'paths', '[]'::jsonb,
            'priority', n.priority, 'reference', n.reference, 'updatedBy', n.changed_by_type, 'timestamp', n.created_at, 'read', false
        ) order by n.recipient_id)
    into topics, payloads
    from unnest(told) as n
    where n.contact_id is null;
    if topics is null then
        return 0;
    end if;
    return wedsync_internal.store_messages(
        topics, array_fill('notification'::text, array[cardinality(topics)]), payloads, array_fill(true, array[cardinality(topics)]), null
    );
end
$$;
comment on function wedsync_internal.push_notifications(wedsync_data.notifications[]) is 'Broadcasts notifications on the channels of their suppliers and users, and returns how many.';
revoke all on function wedsync_internal.push_notifications(wedsync_data.notifications[]) from public;
