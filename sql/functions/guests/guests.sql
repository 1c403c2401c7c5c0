-- uses: wedsync_internal.derive_guests
-- provides: wedsync.guests, wedsync.delete_guests
select wedsync_internal.build_record('guests');
