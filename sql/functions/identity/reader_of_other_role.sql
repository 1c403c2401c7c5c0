create or replace function wedsync_internal.reader_of_other_role()
returns uuid
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    -- not inlined into the statements of signed-in users, which would prepare it each time
    return case
        when wedsync_internal.is_service() then wedsync_internal.server_reader()
        else nullif(wedsync_internal.current_user_id(), wedsync_internal.server_reader())
    end;
end
$$;
comment on function wedsync_internal.reader_of_other_role() is 'The result of reader() for roles other than authenticated.';
revoke all on function wedsync_internal.reader_of_other_role() from public;
grant execute on function wedsync_internal.reader_of_other_role() to authenticated, service_role, wedsync_admin;
