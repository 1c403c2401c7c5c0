-- uses: wedsync_internal.validate_vendor_assignments
-- provides: wedsync.vendor_assignments, wedsync.delete_vendor_assignments
select wedsync_internal.build_record('vendor_assignments');
