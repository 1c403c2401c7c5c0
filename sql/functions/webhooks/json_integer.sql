create or replace function wedsync_internal.json_integer(value jsonb, key text)
returns integer
language plpgsql
stable
as $$
begin
    if value -> key <> 'null' and (pg_catalog.jsonb_typeof(value -> key) <> 'number' or value ->> key !~ '^-?[0-9]{1,9}$') then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', key, 'rule', 'whole_number'));
    end if;
    return (value ->> key)::integer;
end
$$;
comment on function wedsync_internal.json_integer(jsonb, text) is 'An integer of at most nine digits in an object; null if the key is missing. Errors: invalid_value (22023).';
revoke all on function wedsync_internal.json_integer(jsonb, text) from public;
