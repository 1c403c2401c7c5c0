create or replace function wedsync_internal.cleanup_sessions()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tokens integer;
    sessions integer;
begin
    -- kept for an hour, so that late clients get the reason that their token has expired
    delete from wedsync_data.session_tokens as t where t.valid_until < now() - interval '1 hour';
    get diagnostics tokens = row_count;
    delete from wedsync_data.collaboration_sessions as s where least(s.ended_at, s.valid_until) < now() - interval '1 day';
    get diagnostics sessions = row_count;
    return tokens + sessions;
end
$$;
comment on function wedsync_internal.cleanup_sessions() is
'Deletes tokens that expired an hour ago and sessions that ended a day ago; returns their number. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.cleanup_sessions() from public;
