create or replace function wedsync.set_display_name(display_name text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
begin
    perform wedsync_internal.enforce_rate_limit('account-write');
    if coalesce(display_name, '') !~ '\S' or length(display_name) > 200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "display_name", "rule": "1 to 200 characters, not blank"}');
    end if;
    perform wedsync_internal.record_user(caller, btrim(display_name));
    update wedsync_data.users as u set display_name = btrim(set_display_name.display_name)
    where u.id = caller and u.display_name is distinct from btrim(set_display_name.display_name);
end
$$;
comment on function wedsync.set_display_name(text) is
'Sets the caller''s name as shown in audit trails and conflicts
1 to 200 characters. Errors: not_signed_in (42501), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.set_display_name(text) from public;
grant execute on function wedsync.set_display_name(text) to authenticated, service_role, wedsync_admin;
