create or replace function wedsync_internal.log_timeline_read(couple_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    -- as the view would for callers, because the pack's functions log their reads themselves
    perform wedsync_internal.log_view_read(a.couple_id, 'timeline_items')
    from wedsync_internal.caller_access as a where a.couple_id = log_timeline_read.couple_id and a.by_grant;
end
$$;
comment on function wedsync_internal.log_timeline_read(uuid) is 'Logs that a supplier reads the timeline, as reading the view does.';
revoke all on function wedsync_internal.log_timeline_read(uuid) from public;
