-- Channels of the tests: joins through a node of the test's own, and what each person then hears.

-- The events and messages that the test has written so far count as read.
create function tap.count_as_read()
returns void
language sql
as $$
    update wedsync_data.events set xid = '3' where xid = pg_current_xact_id();
    update wedsync_data.messages set xid = '3' where xid = pg_current_xact_id();
$$;

-- What was written before a node began to listen counts as read. register_node says so of transactions still to come, and begins a new
-- history for them. Until another transaction of this server ends, the test's own looks like one of those: so it is marked before.
create function tap.node(name text default 'node')
returns uuid
language plpgsql
as $$
begin
    if not exists (select from wedsync_data.relay_nodes as n where n.node = tap.id(name)) then
        perform tap.count_as_read();
        perform wedsync_internal.register_node(tap.id(name), 'test', 1);
    end if;
    return tap.id(name);
end
$$;

-- Claims of a verified token. who null: a token that names nobody.
create function tap.claims(who text, role_name text default 'authenticated')
returns jsonb
language sql
immutable
as $$ select case when who is null then '{}' else jsonb_build_object('sub', tap.id(who)) end || jsonb_build_object('role', role_name) $$;

create function tap.join(
    who text, topic text, config jsonb default '{}', session text default null, role_name text default 'authenticated', node text default 'node',
    connection text default null, is_refresh boolean default false
)
returns jsonb
language sql
as $$
    select wedsync_internal.join_topic(
        tap.node(node), tap.claims(who, role_name), topic, config, tap.id(coalesce(connection, 'socket of ' || coalesce(who, role_name))), session, is_refresh
    )
$$;

-- A join with row-change bindings on one table.
create function tap.listen(
    who text, topic text, filter text default null, asked_table text default 'core_fields', event text default '*', more jsonb default '{}'
)
returns jsonb
language sql
as $$
    select tap.join(who, topic, jsonb_build_object('postgres_changes', jsonb_build_array(
        jsonb_strip_nulls(jsonb_build_object('event', event, 'schema', 'public', 'table', asked_table, 'filter', filter)) || more
    )))
$$;

-- ok, or the code of the refusal.
create function tap.answer(joined jsonb)
returns text
language sql
immutable
as $$ select case when joined -> 'ok' = 'true' then 'ok' else joined ->> 'code' end $$;

-- A position before everything that this transaction writes. It names the transaction as one that was under way, as no snapshot
-- of its own does: next_frames looks at nothing when the position is the snapshot of now.
create function tap.start()
returns text
language sql
as $$ select format('%1$s:%2$s:%1$s', x.id, x.id::text::bigint + 1) from (select pg_current_xact_id() as id) as x $$;

-- Everything written so far counts as read. A test is one transaction, and a position cannot lie inside one.
create function tap.forget()
returns void
language sql
as $$
    select tap.count_as_read();
    update wedsync_data.subscriptions set moved_xid = null where moved_xid is not null;
$$;

-- What a person's channel hears since tap.forget, in order: {kind, couple_id, seq} with the payload beside it.
create function tap.heard(who text, topic text, node text default 'node')
returns table (kind text, couple_id uuid, seq bigint, payload jsonb)
language sql
as $$
    select f.kind, f.couple_id, f.seq, f.payload::jsonb
    from wedsync_internal.next_frames(tap.node($3), tap.start()) with ordinality as f (
        kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age, position
    )
    join wedsync_data.subscriptions as s on s.group_id = f.group_id
    where s.node = tap.node($3) and s.user_id is not distinct from tap.id($1) and s.topic = $2 and s.active and f.kind <> 'moved'
        and s.id = (
            select max(l.id) from wedsync_data.subscriptions as l where l.node = s.node and l.user_id is not distinct from s.user_id and l.topic = s.topic
        )
    order by f.position
$$;

-- The row changes among it.
create function tap.rows_heard(who text, topic text)
returns setof jsonb
language sql
as $$ select h.payload -> 'data' from tap.heard($1, $2) as h where h.kind = 'postgres_changes' $$;

create function tap.subscription(joined jsonb)
returns bigint
language sql
immutable
as $$ select (joined ->> 'subscription_id')::bigint $$;
