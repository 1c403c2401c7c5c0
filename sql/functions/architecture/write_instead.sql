create or replace function wedsync_internal.write_instead(view_name text)
returns text
language sql
stable
parallel safe
return coalesce((
    select case when r.shape = 'rows' then format('Call delete_%s to delete rows.', r.record_name) else r.write_hint end
    from wedsync_data.record_catalog as r
    where r.record_name = case when view_name in ('couples', 'weddings', 'wedding_details') then 'core_fields' else view_name end
), case
    when view_name in ('core_fields_permissions', 'supplier_couple_connections', 'supplier_permissions')
        then 'Call grant_access, set_supplier_permissions, revoke_access, request_access, approve_access or reject_access.'
    when view_name = 'clients' then 'Call request_access to ask a couple for access, set_client_profile for notes of your own.'
    when view_name = 'wedding_members' then 'Call invite_member, add_wedding_member (to change a role), remove_wedding_member or grant_member_access.'
    when view_name = 'suppliers' then 'Call register_supplier.'
    when view_name = 'supplier_members' then 'Call invite_supplier_member, add_supplier_member (to change a role) or remove_supplier_member.'
    when view_name = 'invitations' then 'Call invite_member, invite_supplier, invite_supplier_member or revoke_invitation.'
    when view_name in ('user_profiles', 'users') then 'Call set_display_name; the rest follows from memberships.'
    when view_name = 'api_keys' then 'Call create_api_key or revoke_api_key.'
    when view_name = 'collaboration_sessions' then 'Call join_session, refresh_session or end_session.'
    when view_name = 'notifications' then 'Call mark_notifications_read; notifications follow from changes.'
    when view_name = 'notification_addresses' then 'Call set_notification_address and confirm_notification_address.'
    when view_name = 'notification_preferences' then 'Call choose_notifications.'
    when view_name = 'push_devices' then 'Call add_push_device or remove_push_device.'
    when view_name = 'webhook_endpoints' then 'Call create_webhook_endpoint, rotate_webhook_secret, enable_webhook_endpoint or delete_webhook_endpoint.'
    when view_name = 'failed_deliveries' then 'Call retry_delivery.'
    when view_name = 'user_presence' then 'Call touch_presence, or track on a channel.'
    when view_name in ('realtime_subscriptions', 'websocket_connections', 'realtime_activity_logs')
        then 'Nothing is written here: join and leave channels over a socket, and the rows follow.'
    when view_name in ('core_fields_audit', 'supplier_audit', 'access_log', 'entries_avoided')
        then 'Nothing is written here: the rows follow from what is done.'
    when view_name in ('webhook_sources', 'rate_limit_usage')
        then 'Call create_webhook_source or rotate_webhook_source_secret; administrators update limits in their tables.'
    when view_name in ('webhook_deliveries', 'webhook_dead_letters') then 'Call retry_webhook to have a webhook handled again.'
    when view_name = 'security_events' then 'Nothing is written here: the rows follow from refused webhooks.'
    when view_name = 'circuit_breakers' then 'Call reset_breaker; breaker_record changes the state.'
    when view_name = 'integration_alerts' then 'Nothing is written here: alerts follow from breaker_record and end by themselves.'
    when view_name = 'field_catalog' then 'Fields belong to the schema: docs/contributors.md says how one is added.'
    when view_name = 'calendar_feeds' then 'Call create_calendar_feed or revoke_calendar_feed.'
    when view_name in ('journeys', 'journey_steps') then 'Call set_journey, delete_journey, set_journey_step or remove_journey_step.'
    when view_name in ('journey_enrolments', 'journey_runs') then 'Call start_journey or stop_journey.'
    when view_name = 'supplier_syncs' then 'Call sync_to_supplier.'
    when view_name = 'my_bookings' then 'The couple writes vendor_assignments.'
    when view_name = 'my_timeline' then 'Write to timeline_items, or call shift_timeline.'
    when view_name = 'my_tasks' then 'Call accept_task, decline_task or complete_task.'
    when view_name = 'my_documents' then 'Write to documents, or call submit_document as a supplier.'
    when view_name = 'my_photos' then 'Call submit_photos, decide_photos or withdraw_photos.'
    when view_name = 'my_messages' then 'Call send_message, mark_messages_read or retract_message.'
    else 'This view is for reading; docs/reference/sql.md lists the functions.'
end);
comment on function wedsync_internal.write_instead(text) is 'The function to call instead of INSERT, UPDATE or DELETE on a view of schema wedsync.';
revoke all on function wedsync_internal.write_instead(text) from public;
