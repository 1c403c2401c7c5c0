-- uses: wedsync_internal.derive_guests_apart, wedsync_internal.validate_guests_apart
-- provides: wedsync.guests_apart, wedsync.delete_guests_apart
select wedsync_internal.build_record('guests_apart');
