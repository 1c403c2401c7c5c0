create or replace function wedsync_internal.notify_suppliers()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    holder constant text := wedsync_internal.history_holder();
    last wedsync_data.event_readers;
    last_xmax xid8;
    in_progress xid8[];
    since timestamptz := now() - interval '8 days';
    topics text[];
    payloads jsonb[];
begin
    select r.* into last from wedsync_data.event_readers as r where r.name = 'notify_suppliers' for update;
    if last.history = holder then
        last_xmax := pg_catalog.pg_snapshot_xmax(last.position);
        in_progress := array(select pg_catalog.pg_snapshot_xip(last.position));
    else
        -- a restored backup has other transaction ids: use the time instead; notifications_once prevents duplicates
        last_xmax := '0';
        in_progress := '{}';
        since := greatest(since, last.read_at - interval '1 minute');
    end if;
    -- one statement: the events read and the position stored belong to one snapshot
    with fresh as (
        select e.* from wedsync_data.events as e
        where e.xid >= last_xmax and e.class = 'durable' and e.event_type = 'core_fields_updated' and e.created_at > since and e.created_at < now() + interval '1 day'
        union all
        select e.* from wedsync_data.events as e
        where e.xid = any (in_progress) and e.xid < last_xmax and e.class = 'durable' and e.event_type = 'core_fields_updated'
            and e.created_at > since and e.created_at < now() + interval '1 day'
    ),
    readers as (
        select g.couple_id, g.grantee_id as supplier_id, bit_or(g.readable) as readable
        from wedsync_data.grants as g
        join wedsync_data.connections as c on c.couple_id = g.couple_id and c.supplier_id = g.grantee_id
        where g.grantee_kind = 'supplier' and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
            and c.auto_sync_enabled and c.notification_preferences -> 'changes' = 'true'
            and g.couple_id in (select f.couple_id from fresh as f)
        group by g.couple_id, g.grantee_id
    ),
    -- suppliers and weddings that are being deleted are waited for and left out; suppliers come first, as in all transactions
    suppliers as materialized (
        select s.id from wedsync_data.suppliers as s where s.id in (select r.supplier_id from readers as r) order by s.id for key share
    ),
    weddings as materialized (
        select w.id from wedsync_data.weddings as w
        where w.id in (select r.couple_id from readers as r) and (select count(*) from suppliers) > 0 order by w.id for key share
    ),
    moved as (
        update wedsync_data.event_readers as r set position = pg_catalog.pg_current_snapshot(), history = holder, read_at = now() where r.name = 'notify_suppliers'
    ),
    told as (
        insert into wedsync_data.notifications as n (couple_id, supplier_id, seq, kind, title, right_nos, paths, changes, changed_by_type)
        select f.couple_id, r.supplier_id, f.seq, f.event_type, 'Wedding details changed', v.right_nos, v.paths, v.changes, f.actor_type
        from fresh as f
        join readers as r on r.couple_id = f.couple_id
        cross join lateral (
            select
                array_agg(f.right_nos[l.i] order by l.i) as right_nos,
                array_agg(f.paths[l.i] order by l.i) as paths,
                pg_catalog.jsonb_object_agg(f.paths[l.i], f.changes -> f.paths[l.i]) as changes
            from generate_subscripts(f.right_nos, 1) as l (i)
            where get_bit(r.readable, f.right_nos[l.i]) = 1
        ) as v
        join weddings as w on w.id = f.couple_id
        join suppliers as s on s.id = r.supplier_id
        where v.paths is not null and f.supplier_id is distinct from r.supplier_id
        order by f.id
        on conflict on constraint notifications_once do nothing
        returning n.*
    )
    select
        array_agg('supplier_' || t.supplier_id order by t.created_at, t.couple_id, t.seq),
        array_agg(pg_catalog.jsonb_build_object(
            'id', t.id, 'type', t.kind, 'title', t.title, 'message', wedsync_internal.changed_field_names(t.right_nos), 'couple_id', t.couple_id, 'data', t.changes, 'paths', to_jsonb(t.paths),
            'updatedBy', t.changed_by_type, 'timestamp', t.created_at, 'read', false
        ) order by t.created_at, t.couple_id, t.seq)
    into topics, payloads
    from told as t;
    if topics is null then
        return 0;
    end if;
    -- broadcast on the supplier's channel, and stored to be read later
    return wedsync_internal.store_messages(
        topics, array_fill('notification'::text, array[cardinality(topics)]), payloads, array_fill(true, array[cardinality(topics)]), null
    );
end
$$;
comment on function wedsync_internal.notify_suppliers() is
'Writes notifications for all changes of core fields since the last call, as other records notify for themselves: for suppliers with automatic sync that may read part of a change, with only that part, except the supplier that made the change. Returns their number. Run by the worker every second as a scheduled job, outside the write path.';
revoke all on function wedsync_internal.notify_suppliers() from public;
