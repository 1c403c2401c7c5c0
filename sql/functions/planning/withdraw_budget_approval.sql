create or replace function wedsync.withdraw_budget_approval(couple_id uuid, approval_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    request wedsync_data.budget_approvals;
begin
    perform wedsync_internal.enforce_rate_limit('budget-write');
    perform wedsync_internal.require_given('{couple_id,approval_id}', array[couple_id is not null, approval_id is not null]);
    perform wedsync_internal.open_budget(couple_id);
    select a.* into request from wedsync_data.budget_approvals as a where a.couple_id = withdraw_budget_approval.couple_id and a.id = approval_id;
    if request.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if not wedsync_internal.is_service() and request.requested_by is distinct from wedsync_internal.current_user_id() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    if request.status <> 'requested' then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'the request is ' || request.status, 'status', request.status));
    end if;
    update wedsync_data.budget_approvals as a set status = 'withdrawn' where a.couple_id = request.couple_id and a.id = request.id;
end
$$;
comment on function wedsync.withdraw_budget_approval(uuid, uuid) is
'Withdraws a request for approval, for whoever made it. Errors: not_signed_in and not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.withdraw_budget_approval(uuid, uuid) from public;
grant execute on function wedsync.withdraw_budget_approval(uuid, uuid) to authenticated, service_role, wedsync_admin;
