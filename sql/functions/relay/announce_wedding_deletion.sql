create or replace function wedsync_internal.announce_wedding_deletion()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wedding constant uuid := old.id;
    topics constant text[] := wedsync_internal.wedding_topics(old.id);
begin
    -- the record, the wedding's lock, then the access locks: the common lock order
    insert into wedsync_data.wedding_clocks (couple_id) values (wedding) on conflict on constraint wedding_clocks_pkey do nothing;
    perform wedsync_internal.lock_wedding(wedding, true, true);
    perform wedsync_internal.lock_subscriptions(array[wedding], array(select m.user_id from wedsync_data.wedding_members as m where m.couple_id = wedding));

    -- the recipients are stored with the events: after the commit their rights can no longer be looked up
    perform wedsync_internal.append_change(wedding, 'purge', null, wedsync_internal.deletion_events(wedding));

    update wedsync_data.subscriptions as s
    set ended = true, moved_xid = pg_catalog.pg_current_xact_id(), moved_reason = 'the wedding was deleted'
    where s.couple_id = wedding and s.active and s.group_id is not null;
    delete from wedsync_data.presence_entries as e where e.couple_id = wedding or e.topic = any (topics);
    delete from wedsync_data.resume_points as r where r.topic = any (topics);
    -- messages sent on its channels, and notifications of its suppliers and users
    delete from wedsync_data.messages as m where m.topic = any (topics);
    delete from wedsync_data.messages as m
    where m.event = 'notification' and m.payload ->> 'couple_id' = wedding::text
        and m.topic in (
            select 'supplier_' || c.supplier_id from wedsync_data.connections as c where c.couple_id = wedding
            union all
            select distinct 'user_' || n.user_id from wedsync_data.notifications as n where n.couple_id = wedding and n.user_id is not null
        );
    delete from wedsync_data.topic_clocks as k where k.topic = any (topics);
    -- the cascade would delete these too late: its triggers fire after those of this row, and what they write has to be deleted
    perform wedsync_internal.delete_records(wedding);
    -- unanswered requests stay pending for their suppliers: the id of a deleted wedding looks like one that never existed
    insert into wedsync_data.unanswered_requests (couple_id, supplier_id, readable_fields, writable_fields, request_version, requested_at)
    select
        c.couple_id, c.supplier_id, array_agg(g.field_name order by g.field_name),
        coalesce(array_agg(g.field_name order by g.field_name) filter (where g.can_write), '{}'), c.request_version, c.requested_at
    from wedsync_data.connections as c
    join wedsync_data.grants as g on g.couple_id = c.couple_id and g.grantee_id = c.supplier_id and g.state = 'pending'
    where c.couple_id = wedding and not wedsync_internal.are_acquainted(c.couple_id, c.supplier_id)
    group by c.couple_id, c.supplier_id
    on conflict on constraint unanswered_requests_pkey do nothing;
    return old;
end
$$;
comment on function wedsync_internal.announce_wedding_deletion() is
'Runs before a wedding is deleted: notifies everybody who could read it by events with keys only, closes its channels after those events, and deletes its presence, positions and stored broadcasts.';
revoke all on function wedsync_internal.announce_wedding_deletion() from public;

create or replace trigger announce_wedding_deletion
before delete on wedsync_data.weddings
for each row execute function wedsync_internal.announce_wedding_deletion();
comment on trigger announce_wedding_deletion on wedsync_data.weddings is 'Open channels receive the deletion, by the rights before it, and are closed.';
