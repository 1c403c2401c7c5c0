create or replace function wedsync.decide_timeline_shift(couple_id uuid, proposal_id uuid, approve boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    access record;
    proposal wedsync_data.timeline_proposals;
    plan jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    perform wedsync_internal.require_given('{couple_id,proposal_id,approve}', array[couple_id is not null, proposal_id is not null, approve is not null]);
    perform wedsync_internal.require_caller();
    access := wedsync_internal.open_rows(couple_id);
    if not wedsync_internal.covers_right(access.readable, 'timeline.internal') then
        perform wedsync_internal.fail('not_found');
    end if;
    select p.* into proposal from wedsync_data.timeline_proposals as p
    where p.couple_id = decide_timeline_shift.couple_id and p.id = proposal_id for no key update;
    if proposal.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if not (wedsync_internal.covers_right(access.writable, 'timeline.internal') and wedsync_internal.covers_right(access.writable, 'timeline.items')) then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["timelineInternal.proposals.status"]}');
    end if;
    if proposal.status <> 'proposed' then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'the proposal is ' || proposal.status, 'status', proposal.status));
    end if;
    if approve then
        if exists (select from wedsync_data.timeline_items as i where i.couple_id = proposal.couple_id and i.id = proposal.from_item) then
            plan := wedsync_internal.plan_timeline_shift(
                couple_id, proposal.from_item, proposal.minutes, (proposal.changes -> 'may_compress')::boolean
            );
        end if;
        -- what was shown is what is done
        if plan -> 'changes' is distinct from proposal.changes -> 'changes' then
            perform wedsync_internal.fail('state_conflict', '{"rule": "the timeline has changed since the proposal"}', 'Reject it, and propose the shift again.');
        end if;
        perform wedsync_internal.apply_timeline_changes(couple_id, plan -> 'changes');
    end if;
    update wedsync_data.timeline_proposals as p
    set status = case when approve then 'approved' else 'rejected' end, decided_by = wedsync_internal.current_user_id(), decided_at = now()
    where p.couple_id = proposal.couple_id and p.id = proposal.id;
    return pg_catalog.jsonb_build_object(
        'proposal_id', proposal.id, 'status', case when approve then 'approved' else 'rejected' end,
        'changes', case when approve then plan -> 'changes' else '[]' end
    );
end
$$;
comment on function wedsync.decide_timeline_shift(uuid, uuid, boolean) is
'Approves a proposed shift of the timeline, which is then done exactly as proposed, or rejects it
For partners and planners. If the timeline has changed in between, approval is refused. Returns {proposal_id, status, changes}. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.decide_timeline_shift(uuid, uuid, boolean) from public;
grant execute on function wedsync.decide_timeline_shift(uuid, uuid, boolean) to authenticated, service_role, wedsync_admin;
