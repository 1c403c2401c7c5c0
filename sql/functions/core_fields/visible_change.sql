create or replace function wedsync_internal.visible_change(couple_id uuid, readable bit, out changed_at timestamptz, out actor_id uuid)
language sql
stable
security definer
set search_path = ''
as $$
    select l.changed_at, l.actor_id
    from wedsync_data.audit_log as l
    where l.couple_id = $1 and get_bit($2, l.leaf_no) = 1
    order by l.id desc
    limit 1
$$;
comment on function wedsync_internal.visible_change(uuid, bit) is 'When and by whom a readable leaf last changed.';
revoke all on function wedsync_internal.visible_change(uuid, bit) from public;
