-- requires: records/build_document, core_fields/derive_core_fields, core_fields/validate_core_fields
select wedsync_internal.build_document('core_fields');
