create or replace function wedsync_internal.group_for(
    node uuid, topic text, scope text, tables text[], couple_id uuid, principals uuid[], readable bit, valid_until timestamptz, config jsonb, is_service boolean,
    out group_id bigint, out reply jsonb, out problem text
)
language plpgsql
volatile
as $$
declare
    asked record;
begin
    asked := wedsync_internal.read_bindings(scope, tables, readable, config -> 'postgres_changes', is_service);
    problem := asked.problem;
    reply := asked.reply;
    if problem is null then
        group_id := wedsync_internal.subscription_group(
            node, topic, scope, tables, couple_id, principals, readable,
            coalesce(config ->> 'private', 'false') = 'true', is_service, asked.bindings, valid_until
        );
    end if;
end
$$;
comment on function wedsync_internal.group_for(uuid, text, text, text[], uuid, uuid[], bit, timestamptz, jsonb, boolean) is
'The group for rights from topic_access and the config of a join, with the reply to its row-change bindings, or a problem with them.';
revoke all on function wedsync_internal.group_for(uuid, text, text, text[], uuid, uuid[], bit, timestamptz, jsonb, boolean) from public;
