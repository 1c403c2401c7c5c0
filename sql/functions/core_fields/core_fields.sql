-- drop: function wedsync_internal.core_fields_calls_hooks(jsonb)
-- uses: wedsync_internal.derive_core_fields, wedsync_internal.validate_core_fields, wedsync_internal.vendors_in_force
-- provides: wedsync_internal.core_fields_value, wedsync_internal.core_fields_diff, wedsync_internal.core_fields_derives, wedsync_internal.core_fields_validates, wedsync_internal.store_core_fields, wedsync.core_fields, wedsync_internal.core_fields_nested, wedsync_internal.whole_core_fields, wedsync_internal.core_fields_after_change, wedsync_internal.core_fields_answer, wedsync_internal.core_fields_whole_answer, wedsync_internal.core_fields_changed_columns
select wedsync_internal.build_record('core_fields');
