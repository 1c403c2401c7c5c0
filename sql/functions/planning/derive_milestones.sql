create or replace function wedsync_internal.derive_milestones(op text, old_record wedsync_data.milestones, new_record wedsync_data.milestones)
returns wedsync_data.milestones
language plpgsql
immutable
as $$
begin
    new_record.status := case when new_record.reached_at is null then 'planned' else 'reached' end;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_milestones(text, wedsync_data.milestones, wedsync_data.milestones) is 'Hook of the record engine: the status follows reached_at.';
revoke all on function wedsync_internal.derive_milestones(text, wedsync_data.milestones, wedsync_data.milestones) from public;
