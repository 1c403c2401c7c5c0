create or replace function wedsync_internal.caller_frames(events wedsync_data.events[], nodes uuid[], is_fed boolean)
returns table (kind text, group_id bigint, couple_id uuid, seq bigint, payload text, for_node uuid, xid xid8, age double precision)
language plpgsql
stable
rows 100
as $$
begin
    return query
    select case when not h.is_frame then 'notice' when h.valid_until > now() then h.kind else 'resync' end, h.group_id, e.couple_id, e.seq,
        case when h.valid_until > now() then h.payload end, h.node, e.xid,
        case when h.is_frame and h.valid_until > now() then wedsync_internal.commit_age(e.xid, e.created_at) end
    from unnest(events) as e
    cross join lateral (
        select true as is_frame, f.kind, f.payload, g.valid_until, a.group_id, a.node
        from wedsync_data.subscription_groups as g
        cross join lateral wedsync_internal.group_event_rights(g, e) as r (readable)
        cross join lateral wedsync_internal.event_frames(
            e, r.readable, g.bindings, false,
            case when g.bindings <> '[]' then nullif((select wedsync_internal.columns_of_events(events)) -> wedsync_internal.published_view(e.table_name), 'null') end
        ) as f
        -- a group that exists on several nodes is computed once, for the first of them
        cross join lateral (
            select g.id as group_id, g.node where not is_fed
            union all
            select same.id, same.node from wedsync_data.subscription_groups as same where is_fed and same.node = any (nodes) and same.identity = g.identity
        ) as a
        where g.node = any (nodes) and g.scope = 'caller' and (g.is_service or g.principals && array(
            select m.user_id from wedsync_data.wedding_members as m where m.couple_id = e.couple_id
            union all
            select c.supplier_id from wedsync_data.connections as c where c.couple_id = e.couple_id
            union all
            select p.id from unnest(e.recipients) as p (id)
        ))
        and r.readable is not null and wedsync_internal.published_view(e.table_name) = any (g.tables)
        and (not is_fed or not exists (
            select from wedsync_data.subscription_groups as earlier
            where earlier.node = any (nodes) and earlier.identity = g.identity and earlier.id < g.id
        ))
        union all
        -- what the grantee could not read before was never sent
        select false, null, null, null, g.id, g.node
        from wedsync_data.subscription_groups as g
        where e.class = 'access' and g.node = any (nodes) and g.scope = 'caller' and g.principals && wedsync_internal.access_holders(e)
            and wedsync_internal.principals_readable(g.principals, e.couple_id) <> repeat('0', 128)::bit(128)
    ) as h
    order by e.id, h.is_frame desc, h.group_id, h.kind;
end
$$;
comment on function wedsync_internal.caller_frames(wedsync_data.events[], uuid[], boolean) is
'Frames of events for the groups of these nodes that span weddings, as next_frames returns them, in the order of the log. After the frames of an event, kind notice for groups whose access it extended.';
revoke all on function wedsync_internal.caller_frames(wedsync_data.events[], uuid[], boolean) from public;
