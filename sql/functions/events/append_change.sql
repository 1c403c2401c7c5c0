-- drop: function wedsync_internal.append_change(uuid, text, wedsync_internal.field_change[], wedsync_internal.change_event[], timestamptz, text, uuid[])
-- drop: function wedsync_internal.append_change(uuid, text, wedsync_internal.field_change[], wedsync_internal.change_event[], timestamptz, text, uuid[], uuid)
create or replace function wedsync_internal.append_change(
    couple_id uuid, class text, changes wedsync_internal.field_change[], events wedsync_internal.change_event[], moment timestamptz default null,
    wedding_role text default null, supplier_ids uuid[] default null, inout actor_id uuid default null,
    rows wedsync_internal.row_events default null, records jsonb[] default null, out version integer, out seq bigint, out changed_at timestamptz
)
language plpgsql
volatile
as $$
declare
    -- every expression is prepared anew in each transaction, so the usual case has few of them
    n constant integer := coalesce(cardinality(changes), 0);
    event_count constant integer := coalesce(cardinality(events), cardinality(records), 0);
    -- so that the id of a row does not reveal whether its link has earlier rows
    start constant integer := floor(random() * 900000)::integer;
    -- changes that are only audited, like new order keys, do not increment the version
    bump constant integer := case when class = 'durable' and event_count > 0 then 1 else 0 end;
    actor record;
    actor_type text;
    actor_supplier uuid;
    origin record;
    change_reason text;
    -- rights to budget and private fields, if the change includes any of them
    private_rights bit(128);
    -- from which the salts of many rows follow; kept nowhere
    seed bytea;
    -- events of rows carry their own changes, of which a statement can have many
    has_own_changes boolean;
    change wedsync_internal.field_change;
    event wedsync_internal.change_event;
    salt uuid;
    digest bytea;
    salts uuid[];
    digests bytea[];
    entries text[];
    right_nos smallint[];
    paths text[];
    new_values jsonb;
    link bytea;
    link_no bigint;
begin
    if n > 90000 then
        perform wedsync_internal.fail('too_large', '{"rule": "at most 90000 changed fields of a wedding in one statement"}');
    end if;
    moment := coalesce(moment, pg_catalog.clock_timestamp());
    if wedding_role is not null then
        -- callers that have looked up rights already know who acts, and in what capacity
        actor_type := case wedding_role when 'partner' then 'couple' else wedding_role end;
    elsif cardinality(supplier_ids) = 1 then
        actor_type := 'supplier';
        actor_supplier := supplier_ids[1];
    else
        -- an assignment instead of a query, because PL/pgSQL evaluates it without the executor
        actor := wedsync_internal.current_actor(append_change.couple_id);
        actor_id := actor.actor_id;
        actor_type := actor.actor_type;
        actor_supplier := actor.supplier_id;
    end if;
    if n > 0 then
        origin := wedsync_internal.request_origin();
        change_reason := left(nullif(current_setting('wedsync.change_reason', true), ''), 1000);
        change := changes[1];
    end if;

    -- The clock is the wedding's lock: from here until commit, nobody else can get a sequence number.
    if n = 1 and bump = 1 and change.change_type <> 'rekey' then
        -- by far the most common case, without functions for the arrays
        salt := pg_catalog.gen_random_uuid();
        digest := wedsync_internal.audit_digest(salt, change.old_value, change.new_value, change_reason, origin.ip_address, origin.user_agent);
        update wedsync_data.wedding_clocks as k
        set seq = k.seq + event_count,
            version = k.version + 1,
            right_versions[change.right_no + 1] = k.version + 1,
            right_times[change.right_no + 1] = greatest(moment, k.changed_at + interval '1 microsecond'),
            right_actors[change.right_no + 1] = append_change.actor_id,
            recent_rights = case
                when k.recent_rights[1] = change.right_no then k.recent_rights else change.right_no || array_remove(k.recent_rights, change.right_no)
            end,
            chain_no = k.chain_no + 1,
            changed_at = greatest(moment, k.changed_at + interval '1 microsecond'),
            chain_hash = wedsync_internal.audit_link(
                k.chain_hash, k.couple_id, k.chain_no + 1, k.version, k.version + 1, greatest(moment, k.changed_at + interval '1 microsecond'),
                append_change.actor_id, actor_type, actor_supplier, array[wedsync_internal.audit_entry(
                    start + 1, change.table_name, change.change_type, change.right_no, change.path, change.element_id, digest
                )]
            )
        where k.couple_id = append_change.couple_id
        returning k.version, k.seq, k.changed_at, k.chain_no, k.chain_hash
        into version, seq, changed_at, link_no, link;
    else
        right_nos := '{}';
        paths := '{}';
        new_values := '{}';
        if n > 1 and change_reason is not null then
            -- the reason of a change that includes budget or private fields may mention them, so it is recorded with those fields only
            private_rights := wedsync_internal.names_mask('{class:budget,class:couple_private}');
            if not exists (select from unnest(changes) as c where get_bit(private_rights, c.right_no) = 1) then
                private_rights := null;
            end if;
        end if;
        has_own_changes := records is not null or coalesce((events[1]).right_nos is not null, false);
        if n > 20 and (has_own_changes or event_count = 0) then
            -- many rows: in one statement, in the order of the array
            seed := pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid());
            select
                array_agg(d.salt), array_agg(d.digest),
                array_agg(wedsync_internal.audit_entry(start + d.i, d.table_name, d.change_type, d.right_no, d.path, d.element_id, d.digest))
            into salts, digests, entries
            from (
                select c.*, wedsync_internal.audit_digest(c.salt, c.old_value, c.new_value, c.reason, origin.ip_address, origin.user_agent) as digest
                from (
                    select
                        u.*, case when private_rights is null or get_bit(private_rights, u.right_no) = 1 then change_reason end as reason,
                        wedsync_internal.uuid_of(seed, u.i) as salt
                    from unnest(changes) with ordinality as u (table_name, change_type, right_no, path, element_id, old_value, new_value, i)
                    offset 0
                ) as c
                offset 0
            ) as d;
            right_nos := array(select distinct u.right_no from unnest(changes) as u where u.change_type <> 'rekey' order by 1);
        end if;
        for i in coalesce(cardinality(salts), 0) + 1..n loop
            change := changes[i];
            salts[i] := pg_catalog.gen_random_uuid();
            digests[i] := wedsync_internal.audit_digest(
                salts[i], change.old_value, change.new_value,
                case when private_rights is null or get_bit(private_rights, change.right_no) = 1 then change_reason end, origin.ip_address, origin.user_agent
            );
            entries[i] := wedsync_internal.audit_entry(
                start + i, change.table_name, change.change_type, change.right_no, change.path, change.element_id, digests[i]
            );
            if change.change_type <> 'rekey' then
                right_nos := array_append(right_nos, change.right_no);
                if not has_own_changes then
                    paths := array_append(paths, change.path);
                    new_values := new_values || pg_catalog.jsonb_build_object(change.path, change.new_value);
                end if;
            end if;
        end loop;
        update wedsync_data.wedding_clocks as k
        set seq = k.seq + event_count,
            version = k.version + bump,
            (right_versions, right_times, right_actors, recent_rights) = (
                select m.right_versions, m.right_times, m.right_actors, m.recent_rights
                from wedsync_internal.mark_changed_rights(
                    k.right_versions, k.right_times, k.right_actors, k.recent_rights, case when bump = 1 then right_nos end,
                    k.version + bump, greatest(moment, k.changed_at + interval '1 microsecond'), append_change.actor_id
                ) as m
            ),
            chain_no = k.chain_no + case when n > 0 then 1 else 0 end,
            changed_at = greatest(moment, k.changed_at + interval '1 microsecond'),
            chain_hash = case
                when n > 0 then wedsync_internal.audit_link(
                    k.chain_hash, k.couple_id, k.chain_no + 1, k.version, k.version + bump, greatest(moment, k.changed_at + interval '1 microsecond'),
                    append_change.actor_id, actor_type, actor_supplier, entries
                )
                else k.chain_hash
            end
        where k.couple_id = append_change.couple_id
        returning k.version, k.seq, k.changed_at, k.chain_no, k.chain_hash
        into version, seq, changed_at, link_no, link;
    end if;
    if seq is null then
        raise exception 'wedding % has no clock', append_change.couple_id using errcode = 'XX000';
    end if;

    -- Partitions are created in advance. This is a fallback if the maintenance job did not run, so that writes never fail for lack of one.
    -- Sessions check once a day; changing the setting by hand affects only the session itself.
    if current_setting('wedsync.partitions_of', true) is distinct from (changed_at at time zone 'UTC')::date::text then
        if not (wedsync_internal.has_partition('audit_log', changed_at) and wedsync_internal.has_partition('events', changed_at)) then
            perform wedsync_internal.make_partition('audit_log', changed_at), wedsync_internal.make_partition('events', changed_at);
        end if;
        perform set_config('wedsync.partitions_of', (changed_at at time zone 'UTC')::date::text, false);
    end if;
    if salt is not null then
        insert into wedsync_data.audit_log (
            id, couple_id, chain_no, table_name, change_type, right_no, path, element_id, old_value, new_value, actor_id, actor_type, supplier_id,
            reason, ip_address, user_agent, version_before, version_after, changed_at, salt, digest, chain_hash
        ) values (
            link_no * 1000000 + start + 1, append_change.couple_id, link_no, change.table_name, change.change_type, change.right_no, change.path,
            change.element_id, change.old_value, change.new_value, append_change.actor_id, actor_type, actor_supplier,
            change_reason, origin.ip_address, origin.user_agent, append_change.version - 1, append_change.version, append_change.changed_at,
            salt, digest, link
        );
        right_nos := array[change.right_no];
        paths := array[change.path];
        new_values := pg_catalog.jsonb_build_object(change.path, change.new_value);
    elsif n > 0 then
        insert into wedsync_data.audit_log (
            id, couple_id, chain_no, table_name, change_type, right_no, path, element_id, old_value, new_value, actor_id, actor_type, supplier_id,
            reason, ip_address, user_agent, version_before, version_after, changed_at, salt, digest, chain_hash
        )
        select
            link_no * 1000000 + start + c.i, append_change.couple_id, link_no, c.table_name, c.change_type, c.right_no, c.path,
            c.element_id, c.old_value, c.new_value, append_change.actor_id, actor_type, actor_supplier,
            case when private_rights is null or get_bit(private_rights, c.right_no) = 1 then change_reason end, origin.ip_address, origin.user_agent,
            append_change.version - bump, append_change.version, append_change.changed_at,
            c.salt, c.digest, link
        -- side by side: a subscript of a long array reads it from its beginning
        from rows from (unnest(changes), unnest(salts), unnest(digests)) with ordinality as c (
            table_name, change_type, right_no, path, element_id, old_value, new_value, salt, digest, i
        );
    end if;

    if event_count = 1 and records is null then
        event := events[1];
        insert into wedsync_data.events (
            couple_id, seq, topic, event_type, table_name, op, right_nos, paths, changes, record, old_record,
            actor_id, actor_type, supplier_id, recipients, class, created_at
        ) values (
            append_change.couple_id, append_change.seq, coalesce(event.topic, 'core_fields_' || append_change.couple_id), event.event_type,
            event.table_name, event.op, coalesce(event.right_nos, case when class = 'durable' then right_nos else '{}' end), coalesce(event.paths, paths),
            case when event.paths is null then new_values else event.changes end,
            case
                when class = 'durable' then event.record
                    || pg_catalog.jsonb_build_object('version_number', version, 'last_updated_by', append_change.actor_id, 'updated_at', append_change.changed_at)
                else event.record
            end,
            event.old_record, case when class <> 'purge' then append_change.actor_id end, actor_type,
            case when class in ('supplier', 'purge') then event.supplier_id else actor_supplier end, event.recipients, append_change.class, append_change.changed_at
        );
    elsif records is not null then
        new_values := pg_catalog.jsonb_build_object('version_number', version, 'last_updated_by', append_change.actor_id, 'updated_at', append_change.changed_at);
        insert into wedsync_data.events (
            couple_id, seq, topic, event_type, table_name, op, right_nos, path_prefix, paths, record, actor_id, actor_type, supplier_id, class, created_at
        )
        select
            append_change.couple_id, append_change.seq - event_count + r.i, coalesce(rows.topic, 'core_fields_' || append_change.couple_id), rows.event_type,
            rows.table_name, rows.op, rows.right_nos, rows.path_prefix || (r.record ->> 'id') || '/', rows.paths, r.record || new_values,
            append_change.actor_id, actor_type, actor_supplier, append_change.class, append_change.changed_at
        from unnest(records) with ordinality as r (record, i);
    elsif event_count > 1 then
        insert into wedsync_data.events (
            couple_id, seq, topic, event_type, table_name, op, right_nos, paths, changes, record, old_record,
            actor_id, actor_type, supplier_id, recipients, class, created_at
        )
        select
            append_change.couple_id, append_change.seq - event_count + e.i, coalesce(e.topic, 'core_fields_' || append_change.couple_id), e.event_type,
            e.table_name, e.op, coalesce(e.right_nos, case when append_change.class = 'durable' then o.own_right_nos else '{}' end), coalesce(e.paths, o.own_paths),
            case when e.paths is null then o.own_values else e.changes end,
            case
                when append_change.class = 'durable' then e.record
                    || pg_catalog.jsonb_build_object('version_number', version, 'last_updated_by', append_change.actor_id, 'updated_at', append_change.changed_at)
                else e.record
            end,
            e.old_record, case when append_change.class <> 'purge' then append_change.actor_id end, actor_type,
            case when append_change.class in ('supplier', 'purge') then e.supplier_id else actor_supplier end, e.recipients, append_change.class,
            append_change.changed_at
        from unnest(events) with ordinality as e (
            table_name, op, event_type, topic, right_nos, paths, changes, record, old_record, supplier_id, recipients, i
        )
        cross join (select right_nos as own_right_nos, paths as own_paths, new_values as own_values) as o
        order by e.i;
    end if;
    -- channels of suppliers do not belong to a wedding, so idle relays are not looked up for them
    if event_count > 0 and (class in ('supplier', 'purge') or wedsync_internal.has_idle_relay(couple_id)) then
        perform wedsync_internal.notify_relays();
    end if;
end
$$;
comment on function wedsync_internal.append_change(uuid, text, wedsync_internal.field_change[], wedsync_internal.change_event[], timestamptz, text, uuid[], uuid, wedsync_internal.row_events, jsonb[]) is
'Common end of all writes: takes the clock of the wedding (or of the supplier, for its own changes), writes one audit row per changed field, adds them to the audit chain, writes the events and notifies the relay
class is that of the events: durable increments the version of the wedding''s record by one regardless of the number of changes; access and supplier do not. Without changes nothing is audited; without events the change is only audited. moment is the time of the change, if later than the previous change; null for now. wedding_role and supplier_ids are those of the caller in caller_access, and actor_id is the caller''s id, if the calling function has looked them up. rows and records are what the events of rows that are created or deleted have in common, and those rows, instead of events.';
revoke all on function wedsync_internal.append_change(uuid, text, wedsync_internal.field_change[], wedsync_internal.change_event[], timestamptz, text, uuid[], uuid, wedsync_internal.row_events, jsonb[]) from public;
