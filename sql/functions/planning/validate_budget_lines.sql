create or replace function wedsync_internal.validate_budget_lines(op text, old_record wedsync_data.budget_lines, new_record wedsync_data.budget_lines)
returns jsonb
language plpgsql
stable
as $$
declare
    most constant numeric := (select s.approval_limit from wedsync_data.budget_settings as s where s.couple_id = new_record.couple_id);
begin
    if new_record.title !~ '\S' then
        return '[{"path": "budget.lines.title", "rule": "not_blank"}]';
    end if;
    if most is null or wedsync_internal.is_service() or wedsync_internal.caller_wedding_role(new_record.couple_id) = 'partner' then
        return '[]';
    end if;
    return (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', a.path, 'rule', 'approval_needed')), '[]')
        from (values
            ('budget.lines.estimated', old_record.estimated, new_record.estimated), ('budget.lines.contracted', old_record.contracted, new_record.contracted)
        ) as a (path, before, after)
        where a.after >= most and a.after is distinct from a.before
    );
end
$$;
comment on function wedsync_internal.validate_budget_lines(text, wedsync_data.budget_lines, wedsync_data.budget_lines) is
'Hook of the record engine: amounts from the approval limit on are set by partners, or by a request that a partner approves.';
revoke all on function wedsync_internal.validate_budget_lines(text, wedsync_data.budget_lines, wedsync_data.budget_lines) from public;
