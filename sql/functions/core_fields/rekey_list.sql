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
        from wedsync_internal.list_elements as e
        where e.list_name = rekey_list.list_name and e.couple_id = rekey_list.couple_id
        order by e.order_key collate "C"
    );
    -- four evenly spaced digits, and a last one that is not the lowest
    keys := array(
        select substr(digits, n / 238328 % 62 + 1, 1) || substr(digits, n / 3844 % 62 + 1, 1) || substr(digits, n / 62 % 62 + 1, 1) || substr(digits, n % 62 + 1, 1) || 'V'
        from generate_series(1, cardinality(ids)) as i
        cross join lateral (select (i * (14776336 / (cardinality(ids) + 1)))::integer as n) as p
        order by i
    );
    perform wedsync_internal.place_elements(list_name, couple_id, ids, keys);
end
$$;
comment on function wedsync_internal.rekey_list(text, uuid) is
'Assigns short, evenly spaced order keys to the elements of a list, keeping their order. Call it under the wedding''s lock.';
revoke all on function wedsync_internal.rekey_list(text, uuid) from public;
