-- uses: wedsync_internal.wedding_readers
-- provides: wedsync_internal.published_view, wedsync_internal.delete_records, wedsync_internal.deletion_events, wedsync_internal.export_wedding
select wedsync_internal.build_wedding_functions();
