create or replace function wedsync_internal.visible_paths(event wedsync_data.events, readable bit)
returns text[]
language plpgsql
stable
as $$
declare
    visible text[];
begin
    case event.class
        when 'durable' then
            for i in 1..cardinality(event.right_nos) loop
                if get_bit(readable, event.right_nos[i]) = 1 then
                    visible := array_append(visible, concat(event.path_prefix, event.paths[i]));
                end if;
            end loop;
            return visible;
        when 'access' then
            return case when wedsync_internal.sees_sharing(readable) then event.paths end;
        else
            -- records of a supplier, and keys of deleted rows: the caller has decided who receives them
            return event.paths;
    end case;
end
$$;
comment on function wedsync_internal.visible_paths(wedsync_data.events, bit) is
'Changed paths of an event that these rights may see; null if the event is not for them.';
revoke all on function wedsync_internal.visible_paths(wedsync_data.events, bit) from public;
