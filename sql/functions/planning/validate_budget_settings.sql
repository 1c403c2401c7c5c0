create or replace function wedsync_internal.validate_budget_settings(op text, old_record wedsync_data.budget_settings, new_record wedsync_data.budget_settings)
returns jsonb
language plpgsql
stable
as $$
begin
    -- whoever needs an approval does not set the limit
    if wedsync_internal.is_service() or wedsync_internal.caller_wedding_role(new_record.couple_id) = 'partner' then
        return '[]';
    end if;
    return '[{"path": "budget.settings.approvalLimit", "rule": "partners_only"}]';
end
$$;
comment on function wedsync_internal.validate_budget_settings(text, wedsync_data.budget_settings, wedsync_data.budget_settings) is
'Hook of the record engine: only partners set the approval limit.';
revoke all on function wedsync_internal.validate_budget_settings(text, wedsync_data.budget_settings, wedsync_data.budget_settings) from public;
