create or replace function wedsync_internal.element_before(list_name text, couple_id uuid, order_key text)
returns uuid
language sql
stable
as $$
    select e.id
    from wedsync_internal.list_elements as e
    where e.list_name = $1 and e.couple_id = $2 and ($3 is null or e.order_key < $3 collate "C")
    order by e.order_key desc
    limit 1
$$;
comment on function wedsync_internal.element_before(text, uuid, text) is
'Element of a list immediately before an order key; the last one if the key is null; null if there is none.';
revoke all on function wedsync_internal.element_before(text, uuid, text) from public;
