create or replace function wedsync_internal.setting_limit(name text)
returns integer
language plpgsql
stable
as $$
declare
    value constant integer := (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = setting_limit.name);
begin
    if value is null then
        -- a missing limit must not mean no limit
        perform wedsync_internal.fail('limiter_unavailable', pg_catalog.jsonb_build_object('setting', name));
    end if;
    return value;
end
$$;
comment on function wedsync_internal.setting_limit(text) is 'Returns a limit from the settings. Raises limiter_unavailable (503), with the name of the row, if it is missing.';
revoke all on function wedsync_internal.setting_limit(text) from public;
