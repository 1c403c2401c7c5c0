create or replace function wedsync_internal.bump_leaf_versions(leaf_versions integer[], leaf_nos smallint[], version integer)
returns integer[]
language plpgsql
immutable
parallel safe
as $$
declare
    leaf_no smallint;
begin
    if leaf_nos is not null then
        foreach leaf_no in array leaf_nos loop
            leaf_versions[leaf_no + 1] := version;
        end loop;
    end if;
    return leaf_versions;
end
$$;
comment on function wedsync_internal.bump_leaf_versions(integer[], smallint[], integer) is 'The versions of all leaves after some of them changed.';
revoke all on function wedsync_internal.bump_leaf_versions(integer[], smallint[], integer) from public;
