-- provides: wedsync.form_responses
select wedsync_internal.build_supplier_record('form_responses');
