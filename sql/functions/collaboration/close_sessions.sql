create or replace function wedsync_internal.close_sessions(ids uuid[])
returns integer
language plpgsql
volatile
as $$
declare
    ended integer;
begin
    perform from wedsync_data.collaboration_sessions as s where s.id = any (ids) order by s.id for no key update;
    perform from wedsync_data.subscriptions as s where s.collaboration_session = any (ids) and s.active order by s.id for no key update;
    update wedsync_data.collaboration_sessions as s set ended_at = now() where s.id = any (ids) and s.ended_at is null;
    get diagnostics ended = row_count;
    delete from wedsync_data.session_tokens as t where t.session_id = any (ids);
    update wedsync_data.subscriptions as s
    set group_id = null, moved_xid = pg_catalog.pg_current_xact_id(), moved_reason = 'the session has ended'
    where s.collaboration_session = any (ids) and s.active and s.group_id is not null;
    if found then
        perform wedsync_internal.notify_relays();
    end if;
    return ended;
end
$$;
comment on function wedsync_internal.close_sessions(uuid[]) is
'Ends sessions with their tokens and open channels and returns how many were active. Call it with access_lock held, so that no join intervenes.';
revoke all on function wedsync_internal.close_sessions(uuid[]) from public;
