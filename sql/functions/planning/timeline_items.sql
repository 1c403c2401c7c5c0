-- uses: wedsync_internal.derive_timeline_items, wedsync_internal.validate_timeline_items
-- provides: wedsync.timeline_items, wedsync.delete_timeline_items
select wedsync_internal.build_record('timeline_items');
