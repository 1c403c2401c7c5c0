create or replace function wedsync_internal.validate_timeline_items(
    op text, old_record wedsync_data.timeline_items, new_record wedsync_data.timeline_items
)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('timeline.items.title', 'not_blank', new_record.title !~ '\S'),
        ('timeline.items.starts_at', 'required', new_record.starts_at is null and new_record.starts_local is null),
        (
            'timeline.items.starts_local',
            case when new_record.starts_local ~ '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$' then 'time_skipped_by_the_clocks'
                else 'local_time_as_YYYY-MM-DDTHH:MM' end,
            new_record.starts_at is null and new_record.starts_local is not null
        ),
        (
            'timeline.items.category', 'timeline_category',
            new_record.category not in ('prep', 'ceremony', 'photos', 'cocktail', 'reception', 'transport', 'logistics', 'personal', 'other')
        ),
        ('timeline.items.rigidity', 'timeline_rigidity', new_record.rigidity not in ('fixed', 'movable', 'buffer', 'compressible')),
        ('timeline.items.status', 'timeline_status', new_record.status not in ('planned', 'ready', 'running', 'done', 'skipped')),
        ('timeline.items.duration_minutes', 'required', new_record.rigidity in ('buffer', 'compressible') and new_record.duration_minutes is null),
        ('timeline.items.min_minutes', 'required', new_record.rigidity = 'compressible' and new_record.min_minutes is null),
        (
            'timeline.items.min_minutes', 'at_most_the_duration',
            new_record.rigidity in ('buffer', 'compressible') and new_record.min_minutes > new_record.duration_minutes
        ),
        ('timeline.items.actual_end', 'end_not_before_start', new_record.actual_end < new_record.actual_start),
        (
            'timeline.items.is_locked', 'locked_item',
            op = 'UPDATE' and old_record.is_locked and new_record.is_locked
                and (new_record.starts_at, new_record.ends_at) is distinct from (old_record.starts_at, old_record.ends_at)
        ),
        (
            'timeline.items.supplier_ids', 'suppliers_of_the_wedding',
            new_record.supplier_ids is distinct from old_record.supplier_ids and exists (
                select from unnest(new_record.supplier_ids) as s (id)
                where s.id <> all (coalesce(old_record.supplier_ids, '{}')) is not false and not exists (
                    select from wedsync_data.connections as c where c.couple_id = new_record.couple_id and c.supplier_id = s.id
                )
            )
        ),
        (
            'timeline.items.depends_on', 'known_timeline_items',
            new_record.depends_on is distinct from old_record.depends_on and exists (
                select from unnest(new_record.depends_on) as d (id)
                where not exists (select from wedsync_data.timeline_items as i where i.couple_id = new_record.couple_id and i.id = d.id)
            )
        ),
        (
            'timeline.items.depends_on', 'no_cycle',
            new_record.depends_on is distinct from old_record.depends_on and wedsync_internal.depends_on_itself(new_record)
        )
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_timeline_items(text, wedsync_data.timeline_items, wedsync_data.timeline_items) is
'Hook of the record engine: rules of timeline items in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_timeline_items(text, wedsync_data.timeline_items, wedsync_data.timeline_items) from public;
