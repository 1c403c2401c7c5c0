-- requires: core_fields/mask_paths, core_fields/core_fields
create or replace function wedsync_internal.subscription_group(
    node uuid, couple_id uuid, topic text, readable bit, bindings jsonb, wants_broadcast boolean, valid_until timestamptz
)
returns bigint
language plpgsql
volatile
as $$
declare
    group_id bigint;
begin
    select g.id into group_id
    from wedsync_data.subscription_groups as g
    where g.couple_id = subscription_group.couple_id and g.node = subscription_group.node and g.topic = subscription_group.topic
        and g.readable = subscription_group.readable and g.sees_access = (get_bit(subscription_group.readable, 45) = 1)
        and g.wants_broadcast = subscription_group.wants_broadcast
        and g.valid_until = subscription_group.valid_until and g.bindings = subscription_group.bindings
    -- held until the end of the transaction: prune_groups must not take it away before the subscription shows
    for key share;
    if group_id is not null then
        return group_id;
    end if;
    insert into wedsync_data.subscription_groups as g (
        node, couple_id, topic, readable, sees_access, bindings, wants_broadcast, masked_columns, masked_keys, columns, valid_until
    )
    select
        subscription_group.node, subscription_group.couple_id, subscription_group.topic, subscription_group.readable,
        get_bit(subscription_group.readable, 45) = 1, subscription_group.bindings, subscription_group.wants_broadcast,
        coalesce((
            select pg_catalog.jsonb_object_agg(c.column_name, null)
            from (
                select c.column_name from wedsync_data.core_field_catalog as c
                group by c.column_name having not bool_or(get_bit(subscription_group.readable, c.leaf_no) = 1)
            ) as c
        ), '{}') || pg_catalog.jsonb_build_object('withheld_fields', wedsync_internal.mask_paths(~ subscription_group.readable)),
        coalesce((
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(c.column_name, c.json_key))
            from wedsync_data.core_field_catalog as c
            where c.storage <> 'column' and get_bit(subscription_group.readable, c.leaf_no) = 0 and exists (
                select from wedsync_data.core_field_catalog as o
                where o.column_name = c.column_name and get_bit(subscription_group.readable, o.leaf_no) = 1
            )
        ), '[]'),
        (
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', a.attname, 'type', t.typname) order by a.attnum)
            from pg_catalog.pg_attribute as a
            join pg_catalog.pg_type as t on t.oid = a.atttypid
            where a.attrelid = 'wedsync.core_fields'::regclass and a.attnum > 0 and not a.attisdropped
        ),
        subscription_group.valid_until
    on conflict on constraint subscription_groups_identity do update set node = excluded.node
    returning g.id into group_id;
    return group_id;
end
$$;
comment on function wedsync_internal.subscription_group(uuid, uuid, text, bit, jsonb, boolean, timestamptz) is
'The audience with these rights and bindings on a worker process, made when it is new. What it may not see is worked out here, once.';
revoke all on function wedsync_internal.subscription_group(uuid, uuid, text, bit, jsonb, boolean, timestamptz) from public;
