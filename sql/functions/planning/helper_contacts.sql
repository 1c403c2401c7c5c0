-- uses: wedsync_internal.validate_helper_contacts
-- provides: wedsync.helper_contacts, wedsync.delete_helper_contacts
select wedsync_internal.build_record('helper_contacts');
