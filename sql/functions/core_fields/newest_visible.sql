create or replace function wedsync_internal.newest_visible(recent_rights smallint[], shows boolean[])
returns smallint
language sql
immutable
parallel safe
-- names are resolved here, not by the search_path of a caller with functions of its own
return (
    select r.right_no
    from unnest(recent_rights) with ordinality as r (right_no, position)
    where shows[r.right_no]
    order by r.position
    limit 1
);
comment on function wedsync_internal.newest_visible(smallint[], boolean[]) is
'The visible right that changed last, given the rights ordered by their last change; null if none has changed. shows has a position for every right, starting at 0.';
revoke all on function wedsync_internal.newest_visible(smallint[], boolean[]) from public;
grant execute on function wedsync_internal.newest_visible(smallint[], boolean[]) to authenticated, service_role, wedsync_admin;
