create or replace function wedsync_internal.depends_on_itself(item wedsync_data.timeline_items)
returns boolean
language sql
stable
as $$
    with recursive needed (id) as (
        select unnest(item.depends_on)
        union
        select unnest(i.depends_on)
        from needed as n
        join wedsync_data.timeline_items as i on i.couple_id = item.couple_id and i.id = n.id
    )
    select exists (select from needed as n where n.id = item.id)
$$;
comment on function wedsync_internal.depends_on_itself(wedsync_data.timeline_items) is 'Whether a timeline item depends on itself, directly or through others.';
revoke all on function wedsync_internal.depends_on_itself(wedsync_data.timeline_items) from public;
