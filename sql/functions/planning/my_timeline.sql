create or replace view wedsync.my_timeline
with (security_barrier = true, security_invoker = false) as
select
    i.couple_id, i.id, i.title, i.category, i.starts_at, i.starts_local, i.time_zone, i.duration_minutes, i.ends_at, i.location, i.owner,
    case when s.is_whole then i.supplier_ids else array(select unnest(i.supplier_ids) intersect select unnest(r.supplier_ids)) end as supplier_ids,
    i.participants, i.is_key_moment, i.rigidity, i.min_minutes, case when s.is_whole then i.depends_on else '{}' end as depends_on, i.cue, i.status,
    i.actual_start, i.actual_end, i.is_locked, i.uid, i.sequence, i.stamped_at
from wedsync_data.reach as r
cross join lateral (
    select
        coalesce(bool_or(get_bit(r.readable, g.right_no) = 1) filter (where g.name = 'timeline.items'), false) as is_whole,
        coalesce(bool_or(get_bit(r.readable, g.right_no) = 1) filter (where g.name = 'timeline.keyMoments.name'), false) as sees_key_moments
    from wedsync_data.rights as g where g.name in ('timeline.items', 'timeline.keyMoments.name')
) as s
join wedsync_data.timeline_items as i on i.couple_id = r.couple_id
where r.user_id = (select wedsync_internal.reader()) and r.valid_from <= now() and r.valid_until > now()
    and (s.is_whole or s.sees_key_moments and (i.is_key_moment or r.wedding_role is not null) or i.supplier_ids && r.supplier_ids)
    -- the pack's functions log their reads themselves
    and case
        -- the conditions again, because a plan may evaluate them later
        when r.by_grant and current_user <> 'wedsync_owner' and i.couple_id = r.couple_id
            and (s.is_whole or s.sees_key_moments and i.is_key_moment or i.supplier_ids && r.supplier_ids)
            then wedsync_internal.log_view_read(i.couple_id, 'timeline_items')
        else true
    end;
comment on view wedsync.my_timeline is
'The timeline as the caller may see it
All items for those who may read timeline items and for members of the wedding who may read key moments; for others items that their suppliers take part in, and key moments if they may read those. timeline_items is the same for those who may read and change all items.';
comment on column wedsync.my_timeline.couple_id is 'The wedding.';
comment on column wedsync.my_timeline.id is 'Id of the item.';
comment on column wedsync.my_timeline.title is 'What happens.';
comment on column wedsync.my_timeline.category is 'prep, ceremony, photos, cocktail, reception, transport, logistics, personal or other.';
comment on column wedsync.my_timeline.starts_at is 'When it starts.';
comment on column wedsync.my_timeline.starts_local is 'The same on the clocks of time_zone.';
comment on column wedsync.my_timeline.time_zone is 'IANA zone of the place.';
comment on column wedsync.my_timeline.duration_minutes is 'How long it takes; null for a moment.';
comment on column wedsync.my_timeline.ends_at is 'When it ends.';
comment on column wedsync.my_timeline.location is 'Where.';
comment on column wedsync.my_timeline.owner is 'Who is responsible.';
comment on column wedsync.my_timeline.supplier_ids is 'Suppliers who take part; only the caller''s own for those who do not see the whole timeline.';
comment on column wedsync.my_timeline.participants is 'People who take part, by name.';
comment on column wedsync.my_timeline.is_key_moment is 'Whether it is a key moment.';
comment on column wedsync.my_timeline.rigidity is 'fixed, movable, buffer or compressible.';
comment on column wedsync.my_timeline.min_minutes is 'Shortest length of a buffer or a compressible item.';
comment on column wedsync.my_timeline.depends_on is 'Items that must have ended before; empty for those who do not see the whole timeline.';
comment on column wedsync.my_timeline.cue is 'What signals its start.';
comment on column wedsync.my_timeline.status is 'planned, ready, running, done or skipped.';
comment on column wedsync.my_timeline.actual_start is 'When it really started.';
comment on column wedsync.my_timeline.actual_end is 'When it really ended.';
comment on column wedsync.my_timeline.is_locked is 'Whether its times are locked.';
comment on column wedsync.my_timeline.uid is 'UID in calendars.';
comment on column wedsync.my_timeline.sequence is 'Revision in calendars.';
comment on column wedsync.my_timeline.stamped_at is 'Time of that revision.';
revoke all on wedsync.my_timeline from public;
grant select on wedsync.my_timeline to authenticated, service_role, wedsync_admin;
