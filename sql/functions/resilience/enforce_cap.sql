create or replace function wedsync_internal.enforce_cap(setting text, present bigint)
returns void
language plpgsql
stable
as $$
declare
    most constant integer := wedsync_internal.setting_limit(setting);
begin
    if present >= most then
        perform wedsync_internal.fail('cap_reached', pg_catalog.jsonb_build_object('setting', setting, 'limit', most));
    end if;
end
$$;
comment on function wedsync_internal.enforce_cap(text, bigint) is
'Raises cap_reached (409), with the setting and its value, if there is no room for one more. Count under a lock that all who add one take.';
revoke all on function wedsync_internal.enforce_cap(text, bigint) from public;
