create or replace function wedsync_internal.place_in_list(list_name text, couple_id uuid, after_id uuid, moving_id uuid default null)
returns text
language plpgsql
volatile
as $$
declare
    order_key text := wedsync_internal.next_order_key(list_name, couple_id, after_id, moving_id);
begin
    -- keys grow by a digit with about every sixth move to the same position
    if length(order_key) > 32 then
        perform wedsync_internal.rekey_list(list_name, couple_id);
        order_key := wedsync_internal.next_order_key(list_name, couple_id, after_id, moving_id);
    end if;
    return order_key;
end
$$;
comment on function wedsync_internal.place_in_list(text, uuid, uuid, uuid) is
'Like next_order_key, but renumbers the list first if keys have become long, so that any number of moves works. Call it under the wedding''s lock.';
revoke all on function wedsync_internal.place_in_list(text, uuid, uuid, uuid) from public;
