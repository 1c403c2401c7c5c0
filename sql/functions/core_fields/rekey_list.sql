create or replace function wedsync_internal.rekey_list(list_name text, couple_id uuid)
returns void
language plpgsql
volatile
as $$
declare
    digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    ids uuid[];
    keys text[];
begin
    ids := array(
        select e.id
        from (
            select m.id, m.order_key from wedsync_data.key_moments as m where list_name = 'key_moments' and m.couple_id = rekey_list.couple_id
            union all
            select m.id, m.order_key from wedsync_data.wedding_party as m where list_name = 'wedding_party' and m.couple_id = rekey_list.couple_id
            union all
            select m.id, m.order_key from wedsync_data.family_vips as m where list_name = 'family_vips' and m.couple_id = rekey_list.couple_id
        ) as e
        order by e.order_key collate "C"
    );
    -- four digits with equal room between them, and a last one that is not the lowest
    keys := array(
        select substr(digits, n / 238328 % 62 + 1, 1) || substr(digits, n / 3844 % 62 + 1, 1) || substr(digits, n / 62 % 62 + 1, 1) || substr(digits, n % 62 + 1, 1) || 'V'
        from generate_series(1, cardinality(ids)) as i
        cross join lateral (select (i * (14776336 / (cardinality(ids) + 1)))::integer as n) as p
        order by i
    );
    case list_name
        when 'key_moments' then
            update wedsync_data.key_moments as m set order_key = k.key from unnest(ids, keys) as k (id, key) where m.couple_id = rekey_list.couple_id and m.id = k.id;
        when 'wedding_party' then
            update wedsync_data.wedding_party as m set order_key = k.key from unnest(ids, keys) as k (id, key) where m.couple_id = rekey_list.couple_id and m.id = k.id;
        when 'family_vips' then
            update wedsync_data.family_vips as m set order_key = k.key from unnest(ids, keys) as k (id, key) where m.couple_id = rekey_list.couple_id and m.id = k.id;
    end case;
end
$$;
comment on function wedsync_internal.rekey_list(text, uuid) is
'Gives the elements of a list short order keys with equal room between them, in the order in which they are. Call it under the wedding''s lock.';
revoke all on function wedsync_internal.rekey_list(text, uuid) from public;
