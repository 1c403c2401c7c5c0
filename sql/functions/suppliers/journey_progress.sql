-- requires: records/build_supplier_record
select wedsync_internal.build_supplier_record('journey_progress');
