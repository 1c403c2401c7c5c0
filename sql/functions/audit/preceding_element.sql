create or replace function wedsync_internal.preceding_element(list_name text, couple_id uuid, chain_no bigint, order_key text)
returns uuid
language sql
stable
as $$
    select k.element_id
    from (
        select distinct on (l.element_id) l.element_id, l.new_value #>> '{}' as order_key
        from wedsync_data.audit_log as l
        where l.couple_id = $2 and l.table_name = $1 and l.path like '%/order_key' and l.chain_no < $3
        order by l.element_id, l.chain_no desc, l.id desc
    ) as k
    join wedsync_internal.list_elements as e on e.couple_id = $2 and e.list_name = $1 and e.id = k.element_id
    where k.order_key collate "C" < $4
    order by k.order_key collate "C" desc
    limit 1
$$;
comment on function wedsync_internal.preceding_element(text, uuid, bigint, text) is
'Among the current elements of a list, returns the one that preceded an order key at a link of the audit chain; null if none did. Order keys of that time are not comparable with current ones.';
revoke all on function wedsync_internal.preceding_element(text, uuid, bigint, text) from public;
