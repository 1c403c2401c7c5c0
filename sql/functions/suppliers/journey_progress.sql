-- provides: wedsync.journey_progress
select wedsync_internal.build_supplier_record('journey_progress');
