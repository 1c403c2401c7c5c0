create or replace function wedsync_internal.is_return(subscription wedsync_data.subscriptions, point wedsync_data.resume_points)
returns boolean
language sql
immutable
return
    point.user_id = subscription.user_id and point.topic = subscription.topic and point.session = coalesce(subscription.session, '')
    -- positions saved since belong to another absence, perhaps of the same client on another socket
    and point.kept_at <= subscription.joined_at
    -- where several counted, it resumed from the oldest of them
    and (subscription.resync or not wedsync_internal.snapshot_precedes(point.position, subscription.resumed_from));
comment on function wedsync_internal.is_return(wedsync_data.subscriptions, wedsync_data.resume_points) is
'Whether a subscription resumed from a point, or could not, and its client has not confirmed that yet.';
revoke all on function wedsync_internal.is_return(wedsync_data.subscriptions, wedsync_data.resume_points) from public;
