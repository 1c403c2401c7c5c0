create or replace function wedsync_internal.open_connection(node uuid, connection_id uuid, claims jsonb)
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
    crowded uuid;
begin
    if coalesce(claims ->> 'sub', '') ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
        subject := (claims ->> 'sub')::uuid;
        -- two sockets of one person open one after the other, so that the count holds
        perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('wedsync connections ' || subject, 0));
        supplier_ids := array(select m.supplier_id from wedsync_data.supplier_members as m where m.user_id = subject);
        if claims ->> 'role' is distinct from 'service_role' then
            if (
                select count(*) from wedsync_data.websocket_connections as c join wedsync_data.relay_nodes as n on n.node = c.node
                where c.user_id = subject and c.is_active and n.lease_until > now() and c.connection_id <> open_connection.connection_id
            ) >= most_user then
                return pg_catalog.jsonb_build_object('ok', false, 'code', 'ConnectionRateLimitReached', 'reason', format('a user has at most %s open sockets', most_user));
            end if;
            select s.id into crowded
            from unnest(supplier_ids) as s (id)
            where (
                select count(*) from wedsync_data.websocket_connections as c join wedsync_data.relay_nodes as n on n.node = c.node
                where c.supplier_ids @> array[s.id] and c.is_active and n.lease_until > now() and c.connection_id <> open_connection.connection_id
            ) >= most_supplier
            limit 1;
            if crowded is not null then
                return pg_catalog.jsonb_build_object('ok', false, 'code', 'ConnectionRateLimitReached', 'reason', format('the people of a supplier have at most %s open sockets', most_supplier));
            end if;
        end if;
    end if;
    insert into wedsync_data.websocket_connections as c (connection_id, node, user_id, supplier_ids)
    select open_connection.connection_id, open_connection.node, subject, coalesce(supplier_ids, '{}')
    where exists (select from wedsync_data.relay_nodes as n where n.node = open_connection.node)
    on conflict on constraint websocket_connections_pkey do update
    set user_id = excluded.user_id, supplier_ids = excluded.supplier_ids
    where c.user_id is null;
    return '{"ok": true}'::jsonb;
end
$$;
comment on function wedsync_internal.open_connection(uuid, uuid, jsonb) is
'Counts a new socket of verified claims: {ok: true}, or {ok: false, code, reason} beyond connections_per_user or connections_per_supplier. Server tokens are not limited. A socket that was opened with a key that names nobody is counted for the first person who joins through it.';
revoke all on function wedsync_internal.open_connection(uuid, uuid, jsonb) from public;
grant execute on function wedsync_internal.open_connection(uuid, uuid, jsonb) to wedsync_worker;
