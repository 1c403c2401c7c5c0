-- uses: wedsync_internal.derive_websites, wedsync_internal.validate_websites
-- provides: wedsync.websites, wedsync.delete_websites
select wedsync_internal.build_record('websites');
