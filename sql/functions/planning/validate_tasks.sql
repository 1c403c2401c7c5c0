create or replace function wedsync_internal.validate_tasks(op text, old_record wedsync_data.tasks, new_record wedsync_data.tasks)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('tasks.title', 'not_blank', new_record.title !~ '\S'),
        ('tasks.priority', 'low_normal_or_high', new_record.priority not in ('low', 'normal', 'high'))
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_tasks(text, wedsync_data.tasks, wedsync_data.tasks) is
'Hook of the record engine: rules of tasks in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_tasks(text, wedsync_data.tasks, wedsync_data.tasks) from public;
