create or replace function wedsync_internal.bump_right_versions(right_versions integer[], right_nos smallint[], version integer)
returns integer[]
language plpgsql
immutable
parallel safe
as $$
declare
    right_no smallint;
begin
    if right_nos is not null then
        foreach right_no in array right_nos loop
            right_versions[right_no + 1] := version;
        end loop;
    end if;
    return right_versions;
end
$$;
comment on function wedsync_internal.bump_right_versions(integer[], smallint[], integer) is 'The versions of all leaves after some of them changed.';
revoke all on function wedsync_internal.bump_right_versions(integer[], smallint[], integer) from public;
