create or replace function wedsync.broadcast_changes(
    topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record, level text default 'ROW'
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    -- a user-defined cast to json runs with the rights of the function, so this must not be a security definer
    perform wedsync.send(
        case
            when operation in ('INSERT', 'UPDATE', 'DELETE') and level = 'ROW' then pg_catalog.jsonb_build_object(
                'operation', operation, 'table', table_name, 'schema', table_schema, 'record', new, 'old_record', old
            )
        end,
        event_name, topic_name
    );
end
$$;
comment on function wedsync.broadcast_changes(text, text, text, text, text, record, record, text) is
'Sends the change of a row as a broadcast, with the arguments of realtime.broadcast_changes, to ease migration of triggers
Call it in a row trigger on your own table: every member of the channel receives all columns. Anything but INSERT, UPDATE or DELETE of a row is invalid_value (22023). Other errors as in broadcast, such as rate_limited (429); they abort the transaction.';
revoke all on function wedsync.broadcast_changes(text, text, text, text, text, record, record, text) from public;
grant execute on function wedsync.broadcast_changes(text, text, text, text, text, record, record, text) to authenticated, service_role, wedsync_admin;
