create or replace function wedsync.end_session(session uuid)
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
    perform wedsync_internal.require_given('{session}', array[session is not null]);
    perform wedsync_internal.access_lock(null, caller, false);
    perform from wedsync_data.collaboration_sessions as s where s.id = session and s.user_id = caller;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.close_sessions(array[session]);
end
$$;
comment on function wedsync.end_session(uuid) is
'Ends one of the caller''s sessions with its tokens and open channels, at commit
Ending it again is not an error. Errors: not_signed_in (42501), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.end_session(uuid) from public;
grant execute on function wedsync.end_session(uuid) to authenticated;
