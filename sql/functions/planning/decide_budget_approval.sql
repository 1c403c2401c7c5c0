create or replace function wedsync.decide_budget_approval(couple_id uuid, approval_id uuid, approve boolean, comment text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    request wedsync_data.budget_approvals;
    line wedsync_data.budget_lines;
begin
    perform wedsync_internal.enforce_rate_limit('budget-write');
    perform wedsync_internal.require_given('{couple_id,approval_id,approve}', array[couple_id is not null, approval_id is not null, approve is not null]);
    perform wedsync_internal.open_budget(couple_id);
    perform wedsync_internal.require_partner(couple_id);
    if length(comment) > 2000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "comment", "rule": "at most 2000 characters"}');
    end if;
    select a.* into request from wedsync_data.budget_approvals as a where a.couple_id = decide_budget_approval.couple_id and a.id = approval_id;
    if request.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if request.status <> 'requested' then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'the request is ' || request.status, 'status', request.status));
    end if;
    select l.* into line from wedsync_data.budget_lines as l where l.couple_id = decide_budget_approval.couple_id and l.id = request.line_id;
    if approve then
        -- what was shown is what is approved: a new line has a category, and one that was deleted since has neither
        if request.category is null and line.id is null or line.id is not null
            and (line.estimated, line.contracted) is distinct from (request.estimated_before, request.contracted_before)
        then
            perform wedsync_internal.fail('state_conflict', '{"rule": "the line has changed since the request"}', 'Reject it, and request approval again.');
        end if;
        if line.id is null then
            insert into wedsync_data.budget_lines as l (couple_id, category, title, estimated, contracted)
            values (request.couple_id, request.category, request.title, request.estimated, request.contracted)
            returning l.* into line;
        else
            update wedsync_data.budget_lines as l
            set estimated = coalesce(request.estimated, l.estimated), contracted = coalesce(request.contracted, l.contracted)
            where l.couple_id = request.couple_id and l.id = line.id;
        end if;
    end if;
    update wedsync_data.budget_approvals as a
    set status = case when approve then 'approved' else 'rejected' end, decided_by = wedsync_internal.current_user_id(), decided_at = now(),
        comment = decide_budget_approval.comment, line_id = line.id
    where a.couple_id = request.couple_id and a.id = request.id;
    if request.requested_by is distinct from wedsync_internal.current_user_id() and request.requested_by is not null then
        perform wedsync_internal.notify(
            couple_id, 'budget_approval_decided',
            pg_catalog.jsonb_build_object(
                'approval_id', request.id, 'line', request.title, 'decision', case when approve then 'approved' else 'rejected' end
            ),
            pg_catalog.jsonb_build_object('users', pg_catalog.jsonb_build_array(request.requested_by)), 'approval ' || request.id
        );
    end if;
    return pg_catalog.jsonb_build_object(
        'approval_id', request.id, 'status', case when approve then 'approved' else 'rejected' end, 'line_id', line.id
    );
end
$$;
comment on function wedsync.decide_budget_approval(uuid, uuid, boolean, text) is
'Approves requested amounts, which then are those of the line, or rejects them
For partners and server roles. Refused if the line has changed since the request. Whoever requested it is told. Returns {approval_id, status, line_id}. Errors: not_signed_in and not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.decide_budget_approval(uuid, uuid, boolean, text) from public;
grant execute on function wedsync.decide_budget_approval(uuid, uuid, boolean, text) to authenticated, service_role, wedsync_admin;
