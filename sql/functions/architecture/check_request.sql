create or replace function wedsync_internal.check_request()
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- in a security definer function, current_user is the owner
    caller_role constant text := current_setting('role');
    method constant text := current_setting('request.method', true);
    resource constant text := substring(current_setting('request.path', true) from '^.*/([^/]+)$');
    view_oid constant oid := to_regclass('wedsync.' || quote_ident(resource));
    problem constant jsonb := wedsync_internal.subject_problem();
    needed constant text := case method when 'POST' then 'insert' when 'PUT' then 'insert' when 'PATCH' then 'update' when 'DELETE' then 'delete' end;
begin
    if caller_role = 'authenticated' and problem is not null then
        perform wedsync_internal.fail('not_signed_in', problem);
    end if;
    if needed is null or view_oid is null or caller_role in ('anon', 'none') or current_setting('request.path', true) ~ '/rpc/' then
        return;
    end if;
    -- otherwise PostgreSQL reports that the view cannot be written, which PostgREST turns into a 500
    if not has_table_privilege(caller_role, view_oid, needed)
        and (needed = 'delete' or not has_any_column_privilege(caller_role, view_oid, needed)) then
        perform wedsync_internal.fail(
            'read_only_view', pg_catalog.jsonb_build_object('rule', method || ' of ' || resource), wedsync_internal.write_instead(resource)
        );
    end if;
end
$$;
comment on function wedsync_internal.check_request() is
'Rejects PostgREST requests that would otherwise fail without explanation: tokens whose sub is not a uuid, and writes to views that do not support them, with the function to call instead.';
revoke all on function wedsync_internal.check_request() from public;
grant execute on function wedsync_internal.check_request() to anon, authenticated, service_role, wedsync_admin;
