create or replace function wedsync.verify_audit_chain(couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    link record;
    first_no bigint;
    previous_no bigint := 0;
    previous_hash bytea := ''::bytea;
    problems jsonb := '[]'::jsonb;
    links bigint := 0;
    row_count bigint := 0;
    clock wedsync_data.wedding_clocks;
    anchor wedsync_data.audit_anchors;
begin
    perform wedsync_internal.enforce_rate_limit('audit-verify');
    perform wedsync_internal.require_chain_reader(couple_id);
    -- the chain does not grow while it is read
    select k.* into clock from wedsync_data.wedding_clocks as k where k.couple_id = verify_audit_chain.couple_id for share;
    for link in
        with erasures as (
            -- anything but a list of ids is forged, which is found below
            select n.id, max(l.chain_no) as chain_no
            from wedsync_data.audit_log as l
            cross join lateral pg_catalog.jsonb_array_elements_text(
                case when pg_catalog.jsonb_typeof(l.new_value -> 'audit_ids') = 'array' then l.new_value -> 'audit_ids' else '[]' end
            ) as e (id)
            cross join lateral (select case when e.id ~ '^[0-9]{1,18}$' then e.id::bigint end as id) as n
            where l.couple_id = verify_audit_chain.couple_id and l.change_type = 'erase'
            group by n.id
        )
        select
            l.chain_no,
            count(*) as n,
            (array_agg(l.chain_hash order by l.id))[1] as chain_hash,
            count(distinct (l.chain_hash, l.version_before, l.version_after, l.changed_at, l.actor_id, l.actor_type, l.supplier_id, l.id / 1000000)) as headers,
            (array_agg(l order by l.id))[1] as head,
            array_agg(
                wedsync_internal.audit_entry(l.id % 1000000, l.table_name, l.change_type, l.right_no, l.path, l.element_id, l.digest) order by l.id
            ) as entries,
            array_agg(l.id order by l.id) filter (where case
                when l.salt is null then num_nonnulls(l.old_value, l.new_value, l.reason, l.ip_address, l.user_agent) > 0
                else wedsync_internal.audit_digest(l.salt, l.old_value, l.new_value, l.reason, l.ip_address, l.user_agent) <> l.digest
            end) as altered,
            array_agg(l.id order by l.id) filter (where (l.salt is null) <> (coalesce(e.chain_no, 0) > l.chain_no)) as unrecorded
        from wedsync_data.audit_log as l
        left join erasures as e on e.id = l.id
        where l.couple_id = verify_audit_chain.couple_id
        group by l.chain_no
        order by l.chain_no
    loop
        if links = 0 and link.chain_no > 1 then
            -- older partitions may have been dropped: an anchor then proves what came before
            select a.* into anchor from wedsync_data.audit_anchors as a
            where a.couple_id = verify_audit_chain.couple_id and a.chain_no = link.chain_no - 1;
            if anchor.chain_no is not null then
                previous_no := anchor.chain_no;
                previous_hash := anchor.chain_hash;
            end if;
        end if;
        first_no := coalesce(first_no, link.chain_no);
        links := links + 1;
        row_count := row_count + link.n;
        if link.chain_no <> previous_no + 1 then
            problems := problems || pg_catalog.jsonb_build_object('kind', 'missing_link', 'chain_no', previous_no + 1, 'until', link.chain_no - 1);
        end if;
        if link.altered is not null then
            problems := problems || pg_catalog.jsonb_build_object('kind', 'altered_row', 'chain_no', link.chain_no, 'audit_ids', to_jsonb(link.altered));
        end if;
        if link.unrecorded is not null then
            problems := problems || pg_catalog.jsonb_build_object('kind', 'unrecorded_erasure', 'chain_no', link.chain_no, 'audit_ids', to_jsonb(link.unrecorded));
        end if;
        -- an id is the number of its link and the position in it
        if link.headers <> 1 or (link.head).id / 1000000 <> link.chain_no or (link.chain_no = previous_no + 1 and wedsync_internal.audit_link(
            previous_hash, verify_audit_chain.couple_id, link.chain_no, (link.head).version_before, (link.head).version_after, (link.head).changed_at,
            (link.head).actor_id, (link.head).actor_type, (link.head).supplier_id, link.entries
        ) <> link.chain_hash) then
            problems := problems || pg_catalog.jsonb_build_object('kind', 'broken_link', 'chain_no', link.chain_no);
        end if;
        select a.* into anchor from wedsync_data.audit_anchors as a
        where a.couple_id = verify_audit_chain.couple_id and a.chain_no = link.chain_no;
        if anchor.chain_no is not null and anchor.chain_hash <> link.chain_hash then
            problems := problems || pg_catalog.jsonb_build_object('kind', 'differs_from_anchor', 'chain_no', link.chain_no);
        end if;
        previous_no := link.chain_no;
        previous_hash := link.chain_hash;
    end loop;
    select a.* into anchor from wedsync_data.audit_anchors as a
    where a.couple_id = verify_audit_chain.couple_id order by a.chain_no desc limit 1;
    if greatest(anchor.chain_no, clock.chain_no) > previous_no then
        problems := problems || pg_catalog.jsonb_build_object(
            'kind', 'cut_tail', 'chain_no', previous_no + 1, 'until', greatest(anchor.chain_no, clock.chain_no)
        );
    elsif coalesce(clock.chain_no, 0) < previous_no then
        problems := problems || pg_catalog.jsonb_build_object('kind', 'beyond_clock', 'chain_no', coalesce(clock.chain_no, 0) + 1, 'until', previous_no);
    elsif clock.chain_hash <> previous_hash then
        problems := problems || pg_catalog.jsonb_build_object('kind', 'broken_link', 'chain_no', previous_no);
    end if;
    return pg_catalog.jsonb_build_object(
        'valid', problems = '[]',
        'links', links,
        'rows', row_count,
        'problems', problems,
        'first', first_no,
        'last', pg_catalog.jsonb_build_object('chain_no', previous_no, 'chain_hash', encode(previous_hash, 'hex')),
        'anchor', case when anchor.chain_no is not null then pg_catalog.jsonb_build_object(
            'chain_no', anchor.chain_no, 'chain_hash', encode(anchor.chain_hash, 'hex'), 'recorded_at', anchor.recorded_at
        ) end
    );
end
$$;
comment on function wedsync.verify_audit_chain(uuid) is
'Recomputes the audit chain of a wedding, or of a supplier by its id
Returns {valid, links, rows, problems, first, last, anchor}. Problems are altered_row, unrecorded_erasure (contents erased without a record, or restored), broken_link (a row was removed, added, swapped or altered), missing_link, cut_tail, beyond_clock (rows appended by hand) and differs_from_anchor, each with its chain_no. first is greater than 1 where older rows were dropped and an anchor proves them. For partners, owners of the supplier, and server roles, also after the wedding was deleted. Errors: not_found (PT404), not_allowed (42501), rate_limited (429).';
revoke all on function wedsync.verify_audit_chain(uuid) from public;
grant execute on function wedsync.verify_audit_chain(uuid) to authenticated, service_role, wedsync_admin;
