-- drop: function wedsync_internal.push_notifications(wedsync_data.notifications[])
create or replace function wedsync_internal.push_notifications()
returns integer
language plpgsql
volatile
as $$
declare
    topics text[];
    payloads jsonb[];
begin
    with pending as (
        delete from wedsync_data.unpushed_notifications as u where u.transaction_id = pg_current_xact_id_if_assigned() returning u.couple_id, u.id
    )
    select
        array_agg(coalesce('supplier_' || n.supplier_id, 'user_' || n.user_id) order by n.created_at, n.recipient_id),
        array_agg(pg_catalog.jsonb_build_object(
            'id', n.id, 'type', n.kind, 'title', n.title, 'message', n.message, 'couple_id', n.couple_id, 'data', n.changes, 'paths', '[]'::jsonb,
            'priority', n.priority, 'reference', n.reference, 'updatedBy', n.changed_by_type, 'timestamp', n.created_at, 'read', false
        ) order by n.created_at, n.recipient_id)
    into topics, payloads
    from pending as p
    join wedsync_data.notifications as n on n.couple_id = p.couple_id and n.id = p.id;
    if topics is null then
        return 0;
    end if;
    return wedsync_internal.store_messages(
        topics, array_fill('notification'::text, array[cardinality(topics)]), payloads, array_fill(true, array[cardinality(topics)]), null
    );
end
$$;
comment on function wedsync_internal.push_notifications() is
'Broadcasts the notifications of the transaction on the channels of their suppliers and users, and returns how many
All together, because the clocks of channels are locked in the order of their names: one after the other, transactions would wait for each other crosswise.';
revoke all on function wedsync_internal.push_notifications() from public;
