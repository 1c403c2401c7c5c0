-- provides: wedsync_internal.core_fields_value, wedsync_internal.core_fields_diff, wedsync_internal.store_core_fields
select wedsync_internal.build_record('core_fields');
