-- drop: function wedsync_internal.subscription_group(uuid, uuid, text, bit, jsonb, boolean, timestamptz)
create or replace function wedsync_internal.subscription_group(
    node uuid, topic text, scope text, tables text[], couple_id uuid, principals uuid[], readable bit, is_private boolean, is_service boolean,
    bindings jsonb, valid_until timestamptz
)
returns bigint
language plpgsql
volatile
as $$
declare
    group_id bigint;
    group_identity constant uuid := md5(pg_catalog.jsonb_build_array(
        topic, scope, tables, couple_id, principals, readable::text, is_private, is_service, bindings, extract(epoch from valid_until)::text
    )::text)::uuid;
begin
    select g.id into group_id
    from wedsync_data.subscription_groups as g
    where g.node = subscription_group.node and g.identity = group_identity
    -- locked until the end of the transaction, so that prune_groups does not delete it before the subscription is visible
    for key share;
    if group_id is not null then
        return group_id;
    end if;
    if readable is not null then
        perform wedsync_internal.keep_visibility_masks(array[readable]);
    end if;
    insert into wedsync_data.subscription_groups as g (
        node, identity, topic, scope, tables, couple_id, principals, readable, is_private, is_service, bindings, valid_until
    ) values (
        subscription_group.node, group_identity, subscription_group.topic, subscription_group.scope, subscription_group.tables, subscription_group.couple_id,
        subscription_group.principals, subscription_group.readable, subscription_group.is_private, subscription_group.is_service,
        subscription_group.bindings, subscription_group.valid_until
    )
    on conflict on constraint subscription_groups_identity do update set node = excluded.node
    returning g.id into group_id;
    return group_id;
end
$$;
comment on function wedsync_internal.subscription_group(uuid, text, text, text[], uuid, uuid[], bit, boolean, boolean, jsonb, timestamptz) is
'The group with these rights and bindings on a node, created if it does not exist.';
revoke all on function wedsync_internal.subscription_group(uuid, text, text, text[], uuid, uuid[], bit, boolean, boolean, jsonb, timestamptz) from public;
