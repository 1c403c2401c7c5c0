-- uses: wedsync_internal.derive_wedding_events
-- provides: wedsync.wedding_events, wedsync.delete_wedding_events
select wedsync_internal.build_record('wedding_events');
