-- drop: function wedsync_internal.open_connection(uuid, uuid, jsonb)
create or replace function wedsync_internal.open_connection(node uuid, connection_id uuid, claims jsonb, session text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    subject uuid;
    supplier_ids uuid[];
    most_user constant integer := (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'connections_per_user');
    most_supplier constant integer := (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'connections_per_supplier');
    problem text;
    replaced uuid;
begin
    if coalesce(claims ->> 'sub', '') ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
        subject := (claims ->> 'sub')::uuid;
        -- sockets of one user open one after the other, so that the count is correct
        insert into wedsync_data.access_locks as l (user_id) values (subject) on conflict on constraint access_locks_pkey do nothing;
        perform from wedsync_data.access_locks as l where l.user_id = subject for no key update;
        supplier_ids := array(select m.supplier_id from wedsync_data.supplier_members as m where m.user_id = subject);
        if claims ->> 'role' is distinct from 'service_role' then
            problem := case
                when (
                    select count(*) from wedsync_data.websocket_connections as c join wedsync_data.relay_nodes as n on n.node = c.node
                    where c.user_id = subject and c.is_active and n.lease_until > now() and c.connection_id <> open_connection.connection_id
                ) >= most_user then format('a user has at most %s open sockets', most_user)
                -- Others count for suppliers. The limit of a supplier does not apply to members of a wedding, or of another supplier below its limit.
                when supplier_ids <> '{}' and not exists (select from wedsync_data.wedding_members as m where m.user_id = subject) and not exists (
                    select from unnest(supplier_ids) as s (id)
                    where (
                        select count(*) from wedsync_data.websocket_connections as c join wedsync_data.relay_nodes as n on n.node = c.node
                        where c.supplier_ids @> array[s.id] and c.is_active and n.lease_until > now() and c.connection_id <> open_connection.connection_id
                    ) < most_supplier
                ) then format('the people of a supplier have at most %s open sockets', most_supplier)
            end;
            if problem is not null then
                -- a client that changes networks returns before its lost sockets are detected: each new one replaces one
                update wedsync_data.websocket_connections as c set is_active = false
                where c.connection_id = (
                    select o.connection_id from wedsync_data.websocket_connections as o join wedsync_data.relay_nodes as n on n.node = o.node
                    where o.user_id = subject and o.session = open_connection.session and o.is_active and n.lease_until > now()
                        and o.connection_id <> open_connection.connection_id
                    order by o.last_ping, o.connected_at limit 1
                )
                returning c.connection_id into replaced;
                if replaced is null then
                    return pg_catalog.jsonb_build_object('ok', false, 'code', 'ConnectionRateLimitReached', 'reason', problem);
                end if;
                perform wedsync_internal.put_bus_messages('{replaced}', array[to_jsonb(replaced)::text]);
            end if;
        end if;
    end if;
    insert into wedsync_data.websocket_connections as c (connection_id, node, user_id, supplier_ids, session)
    select open_connection.connection_id, open_connection.node, subject, coalesce(supplier_ids, '{}'), nullif(open_connection.session, '')
    where exists (select from wedsync_data.relay_nodes as n where n.node = open_connection.node)
    on conflict on constraint websocket_connections_pkey do update
    set user_id = excluded.user_id, supplier_ids = excluded.supplier_ids
    where c.user_id is null;
    return '{"ok": true}'::jsonb;
end
$$;
comment on function wedsync_internal.open_connection(uuid, uuid, jsonb, text) is
'Counts a new socket of verified claims: {ok: true}, or {ok: false, code, reason} beyond connections_per_user or, for users who belong to suppliers only, connections_per_supplier of all of them. Beyond these limits a socket replaces another one of the same user and session, the one that has been silent longest, which its process is told over the bus to close. Server tokens are not limited. A socket opened with an anonymous key is counted for the first user who joins through it.';
revoke all on function wedsync_internal.open_connection(uuid, uuid, jsonb, text) from public;
grant execute on function wedsync_internal.open_connection(uuid, uuid, jsonb, text) to wedsync_worker;
