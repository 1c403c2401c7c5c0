create or replace function wedsync_internal.is_counted(subscription wedsync_data.subscriptions)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.resume_points as r
        where r.user_id = subscription.user_id and r.topic = subscription.topic and r.session = coalesce(subscription.session, '')
            and wedsync_internal.is_return(subscription, r)
    )
$$;
comment on function wedsync_internal.is_counted(wedsync_data.subscriptions) is
'Whether a position is already kept for the client of a subscription.';
revoke all on function wedsync_internal.is_counted(wedsync_data.subscriptions) from public;
