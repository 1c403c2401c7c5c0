create or replace function wedsync_internal.json_uuid(value jsonb, key text)
returns uuid
language plpgsql
stable
as $$
begin
    if wedsync_internal.value_problem('uuid', null, null, null, null, value -> key) is not null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', key, 'rule', 'uuid'));
    end if;
    return (value ->> key)::uuid;
end
$$;
comment on function wedsync_internal.json_uuid(jsonb, text) is 'A uuid in an object; null if the key is missing. Errors: invalid_value (22023).';
revoke all on function wedsync_internal.json_uuid(jsonb, text) from public;
