create or replace function wedsync_internal.apply_timeline_changes(couple_id uuid, changes jsonb)
returns void
language sql
volatile
as $$
    update wedsync_data.timeline_items as i
    set starts_at = (c.v ->> 'new_starts_at')::timestamptz, duration_minutes = (c.v ->> 'new_duration_minutes')::integer
    from pg_catalog.jsonb_array_elements(changes) as c (v)
    where i.couple_id = $1 and i.id = (c.v ->> 'item_id')::uuid
$$;
comment on function wedsync_internal.apply_timeline_changes(uuid, jsonb) is 'Stores the changes that plan_timeline_shift has worked out, in one statement.';
revoke all on function wedsync_internal.apply_timeline_changes(uuid, jsonb) from public;
