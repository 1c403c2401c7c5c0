create or replace function wedsync_internal.authorize_history(couple_id uuid, action text)
returns bit
language plpgsql
volatile
as $$
declare
    readable bit(128);
begin
    perform wedsync_internal.require_caller();
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = authorize_history.couple_id;
    if readable is null or readable = repeat('0', 128)::bit(128) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.log_access(couple_id, action);
    return readable;
end
$$;
comment on function wedsync_internal.authorize_history(uuid, text) is 'Authorizes the history functions: checks the caller, writes the access log and returns the mask of fields that the caller may read.';
revoke all on function wedsync_internal.authorize_history(uuid, text) from public;
