create or replace function wedsync_internal.audit_inserts(event wedsync_data.events, readable bit, bindings jsonb)
returns setof text
language plpgsql
stable
as $$
declare
    sees_access constant boolean := wedsync_internal.sees_sharing(readable);
    columns constant jsonb := wedsync_internal.published_columns('core_fields_audit');
    is_of_rows constant boolean := exists (select from wedsync_data.record_catalog as r where r.record_name = event.table_name and r.shape = 'rows');
    entries wedsync_data.audit_log[];
    row_shown jsonb;
    ids jsonb;
begin
    -- the rows of one change have its time, and are the newest except for later changes
    if is_of_rows then
        -- a change of several rows has an event for each
        entries := array(
            select a from wedsync_data.audit_log as a
            where a.couple_id = event.couple_id and a.element_id = (event.record ->> 'id')::uuid and a.changed_at = event.created_at
            order by a.chain_no desc, a.id desc limit cardinality(event.paths)
        );
    else
        entries := array(
            select a from wedsync_data.audit_log as a
            where a.couple_id = event.couple_id and a.changed_at = event.created_at
            order by a.chain_no desc, a.id desc limit cardinality(event.paths)
        );
    end if;
    for row_shown in
        select pg_catalog.jsonb_build_object(
            'id', l.id, 'core_field_id', f.id, 'couple_id', l.couple_id, 'changed_field', l.path, 'old_value', l.old_value, 'new_value', l.new_value,
            'change_type', l.change_type, 'changed_by', l.actor_id, 'changed_by_type', l.actor_type, 'supplier_id', l.supplier_id,
            'change_reason', l.reason, 'ip_address', case when sees_access then l.ip_address end, 'user_agent', case when sees_access then l.user_agent end,
            'version_before', l.version_before, 'version_after', l.version_after, 'changed_at', l.changed_at, 'changed_by_name', u.display_name
        )
        from unnest(entries) as l
        left join wedsync_data.core_fields as f on f.couple_id = l.couple_id
        left join wedsync_data.users as u on u.id = l.actor_id
        where wedsync_internal.sees_change(readable, l.right_no) and l.change_type <> 'rekey'
        order by l.chain_no, l.id
    loop
        select pg_catalog.jsonb_agg(b.v -> 'id') into ids
        from pg_catalog.jsonb_array_elements(bindings) as b (v)
        where b.v ->> 'table' = 'core_fields_audit' and b.v ->> 'event' in ('*', 'INSERT')
            and (
                select coalesce(bool_and(wedsync_internal.condition_holds(row_shown, c.v)), true)
                from pg_catalog.jsonb_array_elements(b.v -> 'conditions') as c (v)
            );
        if ids is not null then
            return next wedsync_internal.row_change_text(
                ids, columns, 'core_fields_audit', 'INSERT', row_shown, null, event.created_at
            );
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.audit_inserts(wedsync_data.events, bit, jsonb) is
'The postgres_changes payloads of the audit rows that an event''s change wrote, for a group with these rights and those of its bindings that name core_fields_audit: one for each row that the view core_fields_audit would show.';
revoke all on function wedsync_internal.audit_inserts(wedsync_data.events, bit, jsonb) from public;
