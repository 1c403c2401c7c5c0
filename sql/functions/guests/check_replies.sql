create or replace function wedsync_internal.check_replies(replies jsonb)
returns void
language plpgsql
stable
as $$
begin
    perform wedsync_internal.check_json(replies, 'replies', wedsync_internal.setting_limit('patch_max_bytes'));
    if pg_catalog.jsonb_typeof(replies) <> 'array' or pg_catalog.jsonb_path_exists(replies, 'strict $[*] ? (@.type() <> "object")') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "replies", "rule": "array of objects"}');
    end if;
    if pg_catalog.jsonb_array_length(replies) > 200 then
        perform wedsync_internal.fail('too_large', '{"parameter": "replies", "rule": "at most 200 replies", "limit": 200}');
    end if;
end
$$;
comment on function wedsync_internal.check_replies(jsonb) is 'Refuses what is no array of at most 200 objects, or too large.';
revoke all on function wedsync_internal.check_replies(jsonb) from public;
