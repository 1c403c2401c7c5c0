-- uses: wedsync_internal.validate_seats
-- provides: wedsync.seats, wedsync.delete_seats
select wedsync_internal.build_record('seats');
