create or replace function wedsync_internal.session_permissions(user_id uuid, couple_id uuid)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_build_object(
        'role', coalesce(wedsync_internal.caller_wedding_role($2), 'supplier'),
        'channels', (
            select coalesce(pg_catalog.jsonb_agg(
                pg_catalog.jsonb_build_object('topic', t.topic, 'can_broadcast', a.can_broadcast, 'can_presence', a.can_presence) order by t.topic
            ), '[]')
            from wedsync_data.channel_catalog as c
            -- the part of the pattern before the id
            cross join lateral (select substring(c.pattern from '^\^([A-Za-z0-9_:-]+)\(') || $2 as topic) as t
            cross join lateral wedsync_internal.topic_access($1, false, t.topic) as a
            where c.scope = 'wedding' and t.topic is not null and a.code is null
        ),
        'readable_groups', (
            select coalesce(pg_catalog.jsonb_agg(distinct c.field_group), '[]')
            from wedsync_data.field_catalog as c where get_bit(mine.readable, c.right_no) = 1
        ),
        'writable_groups', (
            select coalesce(pg_catalog.jsonb_agg(distinct c.field_group), '[]')
            from wedsync_data.field_catalog as c where get_bit(mine.writable, c.right_no) = 1
        ),
        'readable_fields', to_jsonb(wedsync_internal.mask_paths(mine.readable)),
        'writable_fields', to_jsonb(wedsync_internal.mask_paths(mine.writable))
    )
    from (
        select coalesce(bit_or(a.readable), repeat('0', 128)::bit(128)) as readable, coalesce(bit_or(a.writable), repeat('0', 128)::bit(128)) as writable
        from wedsync_internal.caller_access as a where a.couple_id = $2
    ) as mine
$$;
comment on function wedsync_internal.session_permissions(uuid, uuid) is
'Returns what the caller, who is also passed as user_id, may do on a wedding now: {role, channels, readable_groups, writable_groups, readable_fields, writable_fields}. A group is listed when at least one of its fields is.';
revoke all on function wedsync_internal.session_permissions(uuid, uuid) from public;
