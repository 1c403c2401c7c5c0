create or replace function wedsync_internal.require_caller()
returns void
language plpgsql
stable
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.require_user();
    end if;
end
$$;
comment on function wedsync_internal.require_caller() is 'Error not_signed_in unless the caller is a user or a trusted server.';
revoke all on function wedsync_internal.require_caller() from public;
