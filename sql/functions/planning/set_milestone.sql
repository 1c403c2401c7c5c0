create or replace function wedsync_internal.set_milestone(couple_id uuid, milestone_id uuid, reached_at timestamptz)
returns jsonb
language plpgsql
volatile
as $$
declare
    access record;
    before wedsync_data.milestones;
    after wedsync_data.milestones;
begin
    perform wedsync_internal.require_given('{couple_id,milestone_id}', array[couple_id is not null, milestone_id is not null]);
    perform wedsync_internal.require_caller();
    access := wedsync_internal.open_rows(couple_id);
    select m.* into before from wedsync_data.milestones as m where m.couple_id = set_milestone.couple_id and m.id = milestone_id;
    if before.id is null or not wedsync_internal.covers_right(access.readable, 'milestones') then
        perform wedsync_internal.fail('not_found');
    end if;
    if not wedsync_internal.covers_right(access.writable, 'milestones') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["milestones.status"]}');
    end if;
    update wedsync_data.milestones as m set reached_at = set_milestone.reached_at
    where m.couple_id = set_milestone.couple_id and m.id = milestone_id
    returning m.* into after;
    if before.reached_at is null and after.reached_at is not null and after.is_celebrated then
        perform wedsync_internal.notify(
            couple_id, 'milestone_reached', pg_catalog.jsonb_build_object('milestone', after.title, 'milestone_id', after.id), null,
            format('milestone %s %s', after.id, after.version_number)
        );
    end if;
    return pg_catalog.jsonb_build_object('milestone_id', after.id, 'status', after.status, 'planned_at', after.planned_at, 'reached_at', after.reached_at);
end
$$;
comment on function wedsync_internal.set_milestone(uuid, uuid, timestamptz) is
'States when a milestone was reached; null if it is not. When it becomes reached, those who may read milestones are told, if it is celebrated. Returns {milestone_id, status, planned_at, reached_at}.';
revoke all on function wedsync_internal.set_milestone(uuid, uuid, timestamptz) from public;
