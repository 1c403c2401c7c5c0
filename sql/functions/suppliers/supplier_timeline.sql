create or replace function wedsync_internal.supplier_timeline(couple_id uuid, supplier_id uuid, readable bit)
returns jsonb
language sql
stable
as $$
    select case when not wedsync_internal.covers_right($3, 'timeline.items') then (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'couple_id', i.couple_id, 'id', i.id, 'title', i.title, 'category', i.category, 'starts_at', i.starts_at, 'starts_local', i.starts_local,
            'time_zone', i.time_zone, 'duration_minutes', i.duration_minutes, 'ends_at', i.ends_at, 'location', i.location, 'owner', i.owner,
            'supplier_ids', case when $2 = any (i.supplier_ids) then array[$2] else '{}'::uuid[] end, 'participants', i.participants,
            'is_key_moment', i.is_key_moment, 'rigidity', i.rigidity, 'min_minutes', i.min_minutes, 'depends_on', '[]'::jsonb, 'cue', i.cue,
            'status', i.status, 'actual_start', i.actual_start, 'actual_end', i.actual_end, 'is_locked', i.is_locked, 'uid', i.uid,
            'sequence', i.sequence, 'stamped_at', i.stamped_at
        ) order by i.starts_at, i.id), '[]')
        from wedsync_data.timeline_items as i
        where i.couple_id = $1
            and ($2 = any (i.supplier_ids) or i.is_key_moment and wedsync_internal.covers_right($3, 'timeline.keyMoments.name'))
    ) end
$$;
comment on function wedsync_internal.supplier_timeline(uuid, uuid, bit) is
'The items of the timeline in which a supplier takes part, and key moments if it may read those, as an array with the columns of my_timeline; null for those who may read the whole timeline.';
revoke all on function wedsync_internal.supplier_timeline(uuid, uuid, bit) from public;
