-- uses: wedsync_internal.validate_message_templates
-- provides: wedsync.message_templates, wedsync.delete_message_templates
select wedsync_internal.build_record('message_templates');
