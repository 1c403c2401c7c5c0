create or replace function wedsync_internal.server_events()
returns text[]
language sql
immutable
parallel safe
return array[
    'core_fields_updated', 'access_changed', 'wedding_deleted', 'form_responses_changed', 'journey_progress_changed', 'client_profiles_changed',
    'notification', 'user_joined', 'user_left', 'presence_update', 'collaboration_event'
];
comment on function wedsync_internal.server_events() is
'Broadcast events that clients trust to come from the server: on channels of the catalogue nobody else may send one of that name.';
revoke all on function wedsync_internal.server_events() from public;
