create or replace function wedsync_internal.element_before(list_name text, couple_id uuid, order_key text)
returns uuid
language sql
stable
as $$
    select e.id
    from (
        select m.id, m.order_key from wedsync_data.key_moments as m where $1 = 'key_moments' and m.couple_id = $2
        union all
        select m.id, m.order_key from wedsync_data.wedding_party as m where $1 = 'wedding_party' and m.couple_id = $2
        union all
        select m.id, m.order_key from wedsync_data.family_vips as m where $1 = 'family_vips' and m.couple_id = $2
    ) as e
    where $3 is null or e.order_key < $3 collate "C"
    order by e.order_key desc
    limit 1
$$;
comment on function wedsync_internal.element_before(text, uuid, text) is
'Element of a list that stands just before an order key; the last one when the key is null; null when there is none.';
revoke all on function wedsync_internal.element_before(text, uuid, text) from public;
