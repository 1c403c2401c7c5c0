create or replace function wedsync_internal.newest_visible(recent_rights smallint[], shows boolean[])
returns smallint
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    right_no smallint;
begin
    foreach right_no in array recent_rights loop
        if shows[right_no] then
            return right_no;
        end if;
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.newest_visible(smallint[], boolean[]) is
'The visible right that changed last, given the rights ordered by their last change; null if none has changed. shows has a position for every right, starting at 0.';
revoke all on function wedsync_internal.newest_visible(smallint[], boolean[]) from public;
grant execute on function wedsync_internal.newest_visible(smallint[], boolean[]) to authenticated, service_role, wedsync_admin;
