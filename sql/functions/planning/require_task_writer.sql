create or replace function wedsync_internal.require_task_writer(may_write boolean)
returns void
language plpgsql
stable
as $$
begin
    if may_write is not true then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["tasks.status"]}');
    end if;
end
$$;
comment on function wedsync_internal.require_task_writer(boolean) is 'Raises fields_not_allowed unless the caller may write tasks.';
revoke all on function wedsync_internal.require_task_writer(boolean) from public;
