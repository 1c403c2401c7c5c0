create or replace function wedsync_internal.visible_version(right_versions integer[], readable bit)
returns integer
language sql
immutable
parallel safe
-- names are resolved here, not by the search_path of a caller with functions of its own
return (
    select greatest(max(v.version), 1)
    from unnest(right_versions) with ordinality as v (version, position)
    where get_bit(readable, v.position::integer - 1) = 1
);
comment on function wedsync_internal.visible_version(integer[], bit) is
'Version of the record visible to the caller: that of the newest readable change, so that changes of hidden fields do not show.';
revoke all on function wedsync_internal.visible_version(integer[], bit) from public;
grant execute on function wedsync_internal.visible_version(integer[], bit) to authenticated, service_role, wedsync_admin;
