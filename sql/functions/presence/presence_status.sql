create or replace function wedsync_internal.presence_status(meta jsonb)
returns text
language sql
immutable
parallel safe
return case when meta ->> 'status' in ('online', 'away', 'busy', 'offline') then meta ->> 'status' else 'online' end;
comment on function wedsync_internal.presence_status(jsonb) is 'Status in a tracked payload, otherwise online.';
revoke all on function wedsync_internal.presence_status(jsonb) from public;
