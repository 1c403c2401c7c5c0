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
    actor record;
    last_seq bigint;
    at timestamptz;
    announced integer;
begin
    -- the record, the wedding's lock, then the access locks: the common lock order
    insert into wedsync_data.wedding_clocks (couple_id) values (wedding) on conflict on constraint wedding_clocks_pkey do nothing;
    perform wedsync_internal.lock_wedding(wedding, true, true);
    perform wedsync_internal.lock_subscriptions(array[wedding], array(select m.user_id from wedsync_data.wedding_members as m where m.couple_id = wedding));

    -- the recipients are stored with the events: after the commit their rights can no longer be looked up
    at := greatest(pg_catalog.clock_timestamp(), (select k.changed_at + interval '1 microsecond' from wedsync_data.wedding_clocks as k where k.couple_id = wedding));
    if not wedsync_internal.has_partition('events', at) then
        perform wedsync_internal.make_partition('events', at);
    end if;
    actor := wedsync_internal.current_actor(wedding);
    select k.seq into last_seq from wedsync_data.wedding_clocks as k where k.couple_id = wedding;
    insert into wedsync_data.events (
        couple_id, seq, topic, event_type, table_name, op, changes, record, actor_type, supplier_id, recipients, class, created_at
    )
    select
        wedding, last_seq + row_number() over (order by p.place, p.keys::text), p.table_name,
        case p.table_name when 'core_fields' then 'wedding_deleted' else p.table_name || '_changed' end,
        p.table_name, 'DELETE', p.keys, p.keys, actor.actor_type, p.supplier_id, p.recipients, 'purge', at
    from (
        select 1 as place, 'form_responses' as table_name, r.supplier_id, array_append(readers.ids, r.supplier_id) as recipients,
            pg_catalog.jsonb_build_object('id', r.id, 'form_id', r.form_id, 'supplier_id', r.supplier_id, 'couple_id', wedding) as keys
        from wedsync_data.form_responses as r
        cross join (
            select array_agg(m.user_id) as ids from wedsync_data.wedding_members as m where m.couple_id = wedding and m.wedding_role in ('partner', 'planner')
        ) as readers
        where r.couple_id = wedding
        union all
        select 2, 'journey_progress', j.supplier_id, array[j.supplier_id],
            pg_catalog.jsonb_build_object('supplier_id', j.supplier_id, 'couple_id', wedding, 'step', j.step)
        from wedsync_data.journey_progress as j where j.couple_id = wedding
        union all
        select 3, 'client_profiles', c.supplier_id, array[c.supplier_id],
            pg_catalog.jsonb_build_object('supplier_id', c.supplier_id, 'couple_id', wedding)
        from wedsync_data.client_profiles as c where c.couple_id = wedding
        union all
        select 4, 'core_fields', null, readers.ids,
            pg_catalog.jsonb_build_object('id', (select f.id from wedsync_data.core_fields as f where f.couple_id = wedding), 'couple_id', wedding)
        from (
            select array_agg(distinct a.id) as ids
            from (
                select m.user_id as id from wedsync_data.wedding_members as m
                join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
                where m.couple_id = wedding and r.readable <> repeat('0', 128)::bit(128)
                union all
                select g.grantee_id from wedsync_data.grants as g
                where g.couple_id = wedding and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
                    and g.readable <> repeat('0', 128)::bit(128)
                    and (g.grantee_kind = 'member' or exists (
                        select from wedsync_data.connections as c where c.couple_id = wedding and c.supplier_id = g.grantee_id and c.auto_sync_enabled
                    ))
            ) as a
        ) as readers
    ) as p;
    get diagnostics announced = row_count;
    update wedsync_data.wedding_clocks as k set seq = k.seq + announced, changed_at = at where k.couple_id = wedding;

    update wedsync_data.subscriptions as s
    set ended = true, moved_xid = pg_catalog.pg_current_xact_id(), moved_reason = 'the wedding was deleted'
    where s.couple_id = wedding and s.active and s.group_id is not null;
    delete from wedsync_data.presence_entries as e where e.couple_id = wedding or e.topic = any (topics);
    delete from wedsync_data.resume_points as r where r.topic = any (topics);
    -- messages sent on its channels, and notifications of its suppliers
    delete from wedsync_data.messages as m where m.topic = any (topics);
    delete from wedsync_data.messages as m
    where m.event = 'notification' and m.payload ->> 'couple_id' = wedding::text
        and m.topic in (select 'supplier_' || c.supplier_id from wedsync_data.connections as c where c.couple_id = wedding);
    delete from wedsync_data.topic_clocks as k where k.topic = any (topics);
    -- the cascade would delete these too late: its triggers fire after those of this row, and what they write has to be deleted
    delete from wedsync_data.key_moments as m where m.couple_id = wedding;
    delete from wedsync_data.wedding_party as m where m.couple_id = wedding;
    delete from wedsync_data.family_vips as m where m.couple_id = wedding;
    delete from wedsync_data.form_responses as r where r.couple_id = wedding;
    delete from wedsync_data.journey_progress as j where j.couple_id = wedding;
    delete from wedsync_data.client_profiles as c where c.couple_id = wedding;
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
    perform wedsync_internal.notify_relays();
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
