create or replace function wedsync_internal.list_document(list_name text, couple_id uuid, readable bit)
returns jsonb
language sql
stable
as $$
    select wedsync_internal.visible_element_keys(
        (
            select pg_catalog.jsonb_agg(e.element order by e.order_key)
            from wedsync_internal.list_elements as e where e.couple_id = $2 and e.list_name = $1
        ),
        $1, $3
    )
$$;
comment on function wedsync_internal.list_document(text, uuid, bit) is 'A list of a wedding as an array of objects, in order, each with its id and the readable keys only.';
revoke all on function wedsync_internal.list_document(text, uuid, bit) from public;
