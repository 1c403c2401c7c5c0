create or replace function wedsync.milestone_progress(couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    access record;
    answer jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('planning-lists');
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    perform wedsync_internal.require_caller();
    select a.readable into access from wedsync_internal.caller_access as a where a.couple_id = milestone_progress.couple_id;
    if access.readable is null or not wedsync_internal.covers_right(access.readable, 'milestones') then
        perform wedsync_internal.fail('not_found');
    end if;
    select pg_catalog.jsonb_build_object(
        'total', count(*), 'reached', count(m.reached_at), 'percent', coalesce(round(100.0 * count(m.reached_at) / nullif(count(*), 0)), 0),
        'late', count(*) filter (where m.reached_at > m.planned_at), 'overdue', count(*) filter (where m.reached_at is null and m.planned_at < now()),
        'next', (
            select pg_catalog.jsonb_build_object('milestone_id', n.id, 'title', n.title, 'planned_at', n.planned_at)
            from wedsync_data.milestones as n
            where n.couple_id = milestone_progress.couple_id and n.reached_at is null
            order by n.planned_at nulls last, n.position, n.id limit 1
        )
    ) into answer
    from wedsync_data.milestones as m where m.couple_id = milestone_progress.couple_id;
    perform wedsync_internal.log_access(couple_id, 'milestone_progress');
    return answer;
end
$$;
comment on function wedsync.milestone_progress(uuid) is
'How far a wedding is, by its milestones
For those who may read milestones. Returns {total, reached, percent, late, overdue, next}; late are those reached after the planned moment, overdue those not yet reached; next is {milestone_id, title, planned_at}, or null. Reads by suppliers are logged. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.milestone_progress(uuid) from public;
grant execute on function wedsync.milestone_progress(uuid) to authenticated, service_role, wedsync_admin;
