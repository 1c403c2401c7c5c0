create or replace function wedsync_internal.next_order_key(list_name text, couple_id uuid, after_id uuid, moving_id uuid default null)
returns text
language plpgsql
stable
as $$
declare
    lower_key text;
    upper_key text;
    found_after boolean;
begin
    with elements as (
        select e.id, e.order_key from wedsync_internal.list_elements as e
        where e.list_name = next_order_key.list_name and e.couple_id = next_order_key.couple_id
    )
    select
        bool_or(e.id = after_id),
        max(e.order_key collate "C") filter (where e.id = after_id),
        min(e.order_key collate "C") filter (
            where e.id is distinct from moving_id
                and (after_id is null or e.order_key collate "C" > (select a.order_key from elements as a where a.id = after_id))
        )
    into found_after, lower_key, upper_key
    from elements as e;
    if after_id is not null and found_after is not true then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', pg_catalog.jsonb_build_array(
            pg_catalog.jsonb_build_object('path', list_name || '/' || after_id, 'rule', 'known_element_id')
        )));
    end if;
    return wedsync_internal.order_key_between(lower_key, upper_key);
end
$$;
comment on function wedsync_internal.next_order_key(text, uuid, uuid, uuid) is
'Order key for a position in a list: after an element, or first if after_id is null.';
revoke all on function wedsync_internal.next_order_key(text, uuid, uuid, uuid) from public;
