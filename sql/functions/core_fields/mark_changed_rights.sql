-- drop: function wedsync_internal.bump_right_versions(integer[], smallint[], integer)
create or replace function wedsync_internal.mark_changed_rights(
    inout right_versions integer[], inout right_times timestamptz[], inout right_actors uuid[], inout recent_rights smallint[],
    right_nos smallint[], version integer, changed_at timestamptz, actor_id uuid
)
language plpgsql
immutable
parallel safe
as $$
declare
    right_no smallint;
begin
    if (right_nos, right_versions, right_times, right_actors) is not null then
        foreach right_no in array right_nos loop
            right_versions[right_no + 1] := version;
            right_times[right_no + 1] := changed_at;
            right_actors[right_no + 1] := actor_id;
            if right_no is distinct from recent_rights[1] then
                recent_rights := right_no || array_remove(recent_rights, right_no);
            end if;
        end loop;
    end if;
end
$$;
comment on function wedsync_internal.mark_changed_rights(integer[], timestamptz[], uuid[], smallint[], smallint[], integer, timestamptz, uuid) is
'The arrays of wedding_clocks with the newest change of each right, updated for the given rights. Unchanged without rights.';
revoke all on function wedsync_internal.mark_changed_rights(integer[], timestamptz[], uuid[], smallint[], smallint[], integer, timestamptz, uuid) from public;
