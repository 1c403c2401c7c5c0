create or replace function wedsync_internal.is_return(subscription wedsync_data.subscriptions, point wedsync_data.resume_points)
returns boolean
language sql
immutable
return
    point.user_id = subscription.user_id and point.topic = subscription.topic and point.session = coalesce(subscription.session, '')
    -- another client without a session may have come just as far, and gone away since
    and (subscription.resync or point.position::text = subscription.resumed_from::text and point.saved_at <= subscription.joined_at);
comment on function wedsync_internal.is_return(wedsync_data.subscriptions, wedsync_data.resume_points) is
'Whether a subscription went on from a point, or could not, and its client has not confirmed that yet.';
revoke all on function wedsync_internal.is_return(wedsync_data.subscriptions, wedsync_data.resume_points) from public;
