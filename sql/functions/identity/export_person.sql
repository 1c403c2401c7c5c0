create or replace function wedsync_internal.export_person(person uuid)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_catalog.jsonb_build_object(
        'user', (select to_jsonb(u) from wedsync_data.users as u where u.id = person),
        'wedding_members', (
            select coalesce(pg_catalog.jsonb_agg(to_jsonb(m) order by m.added_at, m.couple_id), '[]') from wedsync_data.wedding_members as m where m.user_id = person
        ),
        'supplier_members', (
            select coalesce(pg_catalog.jsonb_agg(to_jsonb(m) order by m.added_at, m.supplier_id), '[]') from wedsync_data.supplier_members as m where m.user_id = person
        ),
        'notification_address', (select to_jsonb(a) - '{owner_id,is_supplier}'::text[] from wedsync_data.notification_addresses as a where a.owner_id = person),
        'notification_preferences', (
            select coalesce(pg_catalog.jsonb_agg(to_jsonb(p) - 'owner_id' order by p.couple_id), '[]') from wedsync_data.notification_preferences as p where p.owner_id = person
        ),
        -- without the keys, which are not data about the person
        'push_devices', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', d.id, 'host', d.host, 'created_at', d.created_at) order by d.created_at, d.id), '[]')
            from wedsync_data.push_devices as d where d.user_id = person
        ),
        'notifications', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'couple_id', n.couple_id, 'id', n.id, 'kind', n.kind, 'title', n.title, 'message', n.message, 'created_at', n.created_at, 'read_at', n.read_at
            ) order by n.created_at, n.id), '[]')
            from wedsync_data.notifications as n
            join wedsync_data.reach as r on r.couple_id = n.couple_id and r.user_id = person and r.valid_from <= now() and r.valid_until > now()
            where n.user_id = person and r.readable & n.needs = n.needs
        ),
        -- what the person wrote; in the name of a supplier only while the person works for it
        'messages_sent', (
            select coalesce(pg_catalog.jsonb_agg(to_jsonb(m) order by m.sent_at, m.id), '[]')
            from wedsync_data.wedding_messages as m
            where m.sender_user = person and (m.sender_supplier is null or exists (
                select from wedsync_data.supplier_members as s where s.supplier_id = m.sender_supplier and s.user_id = person
            ))
        ),
        -- what others wrote to the person, as my_messages shows it
        'messages_received', (
            select coalesce(pg_catalog.jsonb_agg(to_jsonb(m) || pg_catalog.jsonb_build_object('read_at', c.read_at) order by m.sent_at, m.id), '[]')
            from wedsync_data.wedding_message_recipients as c
            join wedsync_data.wedding_messages as m on m.couple_id = c.couple_id and m.id = c.message_id
            join wedsync_data.wedding_members as w on w.couple_id = c.couple_id and w.user_id = person
            where c.recipient_id = person and not c.is_supplier
        )
    )
$$;
comment on function wedsync_internal.export_person(uuid) is
'What is stored about a person as a user: profile, memberships, addresses, choices, devices, notifications, and the messages that the person has sent and received, of the latter those at weddings that the person still belongs to. Messages are in no export of a wedding and in no audit trail, because nobody but sender and recipients reads them.';
revoke all on function wedsync_internal.export_person(uuid) from public;
grant execute on function wedsync_internal.export_person(uuid) to service_role, wedsync_admin;
