create or replace function wedsync_internal.order_key_between(lower_key text, upper_key text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
    digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    key text := '';
    low integer;
    high integer;
    bounded boolean := upper_key is not null;
begin
    for i in 1..greatest(length(lower_key), length(upper_key), 0) + 1 loop
        low := coalesce(nullif(strpos(digits, coalesce(nullif(substr(lower_key, i, 1), ''), '0')), 0), 1) - 1;
        high := case when bounded then coalesce(nullif(strpos(digits, nullif(substr(upper_key, i, 1), '')), 0), 1) - 1 else 62 end;
        if high - low > 1 then
            return key || substr(digits, (low + high) / 2 + 1, 1);
        end if;
        key := key || substr(digits, low + 1, 1);
        -- once below the upper key, only the lower key is a bound
        if high > low then
            bounded := false;
        end if;
    end loop;
    raise exception 'no order key between % and %', lower_key, upper_key using errcode = 'XX000';
end
$$;
comment on function wedsync_internal.order_key_between(text, text) is
'A base-62 key that sorts bytewise between two others; null for an open end. Keys never end in the lowest digit.';
revoke all on function wedsync_internal.order_key_between(text, text) from public;
