create or replace function wedsync_internal.record_change(
    couple_id uuid, table_name text, op text, change_type text,
    right_nos smallint[], paths text[], element_id uuid, old_values jsonb[], new_values jsonb[],
    record jsonb, old_record jsonb,
    out version integer, out seq bigint, out changed_at timestamptz, out actor_id uuid
)
language plpgsql
volatile
as $$
declare
    actor record;
    origin record;
    change_reason constant text := left(nullif(current_setting('wedsync.change_reason', true), ''), 1000);
    reasons text[];
    is_access constant boolean := right_nos is null;
    is_silent constant boolean := op is null;
    bump constant integer := case when right_nos is null or op is null then 0 else 1 end;
    n constant integer := cardinality(paths);
    -- so that the id of a row does not tell whether others of its link stand before it
    start constant integer := floor(random() * 900000)::integer;
    salts uuid[] := '{}'::uuid[];
    digests bytea[] := '{}'::bytea[];
    entries jsonb[] := '{}'::jsonb[];
    changes jsonb := '{}'::jsonb;
    link bytea;
    link_no bigint;
    moment constant timestamptz := pg_catalog.clock_timestamp();
begin
    -- assignments instead of queries: PL/pgSQL evaluates them without the executor
    actor := wedsync_internal.current_actor(record_change.couple_id);
    actor_id := actor.actor_id;
    origin := wedsync_internal.request_origin();
    if change_reason is not null then
        -- words for a change that also touches budget or private fields may speak of them: they stay with those fields
        select array_agg(case when p.is_private or not p.any_private then change_reason end order by p.i) into reasons
        from (
            select
                i, coalesce(get_bit(m.mask, right_nos[i]) = 1, false) as is_private,
                coalesce(bool_or(get_bit(m.mask, right_nos[i]) = 1) over (), false) as any_private
            from generate_series(1, n) as i
            cross join (select wedsync_internal.names_mask('{class:budget,class:couple_private}') as mask) as m
        ) as p;
    end if;
    for i in 1..n loop
        salts[i] := pg_catalog.gen_random_uuid();
        digests[i] := wedsync_internal.audit_digest(
            salts[i], old_values[i], new_values[i], reasons[i], origin.ip_address, origin.user_agent
        );
        entries[i] := wedsync_internal.audit_entry(
            start + i, record_change.table_name, record_change.change_type, right_nos[i], paths[i], record_change.element_id, digests[i]
        );
        changes := changes || pg_catalog.jsonb_build_object(paths[i], new_values[i]);
    end loop;

    -- The clock is the wedding's one lock: from here to the commit nobody else gets a sequence number.
    update wedsync_data.wedding_clocks as k
    set seq = k.seq + case when is_silent then 0 else 1 end,
        version = k.version + bump,
        (right_versions, right_times, right_actors, recent_rights) = (
            select m.right_versions, m.right_times, m.right_actors, m.recent_rights
            from wedsync_internal.mark_changed_rights(
                k.right_versions, k.right_times, k.right_actors, k.recent_rights, case when not is_silent then record_change.right_nos end,
                k.version + bump, greatest(moment, k.changed_at + interval '1 microsecond'), actor.actor_id
            ) as m
        ),
        chain_no = k.chain_no + 1,
        changed_at = greatest(moment, k.changed_at + interval '1 microsecond'),
        chain_hash = wedsync_internal.audit_link(
            k.chain_hash, k.couple_id, k.chain_no + 1, k.version, k.version + bump, greatest(moment, k.changed_at + interval '1 microsecond'),
            actor.actor_id, actor.actor_type, actor.supplier_id, entries
        )
    where k.couple_id = record_change.couple_id
    returning k.version, k.seq, k.changed_at, k.chain_no, k.chain_hash
    into version, seq, changed_at, link_no, link;
    if seq is null then
        raise exception 'wedding % has no clock', record_change.couple_id using errcode = 'XX000';
    end if;

    -- Partitions are made ahead. This is the net under a maintenance job that did not run: a write never fails for want of one.
    if not (wedsync_internal.has_partition('audit_log', changed_at) and wedsync_internal.has_partition('events', changed_at)) then
        perform wedsync_internal.make_partition('audit_log', changed_at), wedsync_internal.make_partition('events', changed_at);
    end if;
    if n = 1 then
        insert into wedsync_data.audit_log (
            id, couple_id, chain_no, table_name, change_type, right_no, path, element_id, old_value, new_value, actor_id, actor_type, supplier_id,
            reason, ip_address, user_agent, version_before, version_after, changed_at, salt, digest, chain_hash
        ) values (
            link_no * 1000000 + start + 1, record_change.couple_id, link_no, record_change.table_name, record_change.change_type, record_change.right_nos[1], record_change.paths[1],
            record_change.element_id, record_change.old_values[1], record_change.new_values[1], actor.actor_id, actor.actor_type, actor.supplier_id,
            reasons[1], origin.ip_address, origin.user_agent, record_change.version - bump, record_change.version, record_change.changed_at,
            salts[1], digests[1], link
        );
    else
        insert into wedsync_data.audit_log (
            id, couple_id, chain_no, table_name, change_type, right_no, path, element_id, old_value, new_value, actor_id, actor_type, supplier_id,
            reason, ip_address, user_agent, version_before, version_after, changed_at, salt, digest, chain_hash
        )
        select
            link_no * 1000000 + start + i, record_change.couple_id, link_no, record_change.table_name, record_change.change_type, record_change.right_nos[i], record_change.paths[i],
            record_change.element_id, record_change.old_values[i], record_change.new_values[i], actor.actor_id, actor.actor_type, actor.supplier_id,
            reasons[i], origin.ip_address, origin.user_agent, record_change.version - bump, record_change.version, record_change.changed_at,
            salts[i], digests[i], link
        from generate_series(1, n) as i
        order by i;
    end if;

    if is_silent then
        return;
    end if;
    if not is_access then
        record := record || pg_catalog.jsonb_build_object('version_number', version, 'last_updated_by', actor_id, 'updated_at', changed_at);
    end if;
    insert into wedsync_data.events (
        couple_id, seq, topic, event_type, table_name, op, right_nos, paths, changes, record, old_record,
        actor_id, actor_type, supplier_id, class, created_at
    ) values (
        record_change.couple_id, record_change.seq, 'core_fields_' || record_change.couple_id,
        case when is_access then 'access_changed' else 'core_fields_updated' end,
        record_change.table_name, record_change.op, coalesce(record_change.right_nos, '{}'), record_change.paths,
        changes, record_change.record, record_change.old_record, actor.actor_id, actor.actor_type, actor.supplier_id,
        case when is_access then 'access' else 'durable' end, record_change.changed_at
    );
    if wedsync_internal.a_relay_waits(couple_id) then
        perform wedsync_internal.ring_doorbell();
    end if;
end
$$;
comment on function wedsync_internal.record_change(uuid, text, text, text, smallint[], text[], uuid, jsonb[], jsonb[], jsonb, jsonb) is
'The common end of every write: takes the wedding''s next sequence number and version, appends the audit rows and the event, and rings the doorbell. right_nos null means a change of access, which does not raise the version of the record; op null a change that is only audited, and announced to nobody.';
revoke all on function wedsync_internal.record_change(uuid, text, text, text, smallint[], text[], uuid, jsonb[], jsonb[], jsonb, jsonb) from public;
