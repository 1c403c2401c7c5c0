-- provides: wedsync.guest_notes, wedsync.delete_guest_notes
select wedsync_internal.build_record('guest_notes');
