create or replace function wedsync_internal.check_request()
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- a definer function sees its owner as current_user
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
    -- otherwise PostgreSQL says that the view cannot be written, of which PostgREST makes a 500
    if not has_table_privilege(caller_role, view_oid, needed)
        and (needed = 'delete' or not has_any_column_privilege(caller_role, view_oid, needed)) then
        perform wedsync_internal.fail(
            'read_only_view', pg_catalog.jsonb_build_object('rule', method || ' of ' || resource), wedsync_internal.write_instead(resource)
        );
    end if;
end
$$;
comment on function wedsync_internal.check_request() is
'Refuses a PostgREST request that no function or view would explain: a token whose sub is no uuid, and a write to a view that is not written in this way, with what to call instead.';
revoke all on function wedsync_internal.check_request() from public;
grant execute on function wedsync_internal.check_request() to anon, authenticated, service_role, wedsync_admin;
