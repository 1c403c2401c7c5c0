-- uses: wedsync_internal.derive_seating_tables, wedsync_internal.validate_seating_tables
-- provides: wedsync.seating_tables, wedsync.delete_seating_tables
select wedsync_internal.build_record('seating_tables');
