-- uses: wedsync_internal.derive_rsvps
-- provides: wedsync.rsvps, wedsync.delete_rsvps
select wedsync_internal.build_record('rsvps');
