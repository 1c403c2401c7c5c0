create or replace function wedsync_internal.validate_milestones(op text, old_record wedsync_data.milestones, new_record wedsync_data.milestones)
returns jsonb
language sql
immutable
as $$
    select case when new_record.title !~ '\S' then '[{"path": "milestones.title", "rule": "not_blank"}]'::jsonb else '[]' end
$$;
comment on function wedsync_internal.validate_milestones(text, wedsync_data.milestones, wedsync_data.milestones) is
'Hook of the record engine: a milestone has a title. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_milestones(text, wedsync_data.milestones, wedsync_data.milestones) from public;
