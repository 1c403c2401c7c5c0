create or replace function wedsync_internal.server_events()
returns text[]
language sql
stable
parallel safe
return array(select distinct r.event_type from wedsync_data.record_catalog as r order by 1) || array[
    'access_changed', 'wedding_deleted', 'notification', 'user_joined', 'user_left', 'presence_update', 'collaboration_event'
];
comment on function wedsync_internal.server_events() is
'Broadcast events that clients trust to come from the server: on channels of the catalogue nobody else may send events of these names.';
revoke all on function wedsync_internal.server_events() from public;
