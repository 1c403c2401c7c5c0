-- provides: wedsync.form_responses
select wedsync_internal.build_record('form_responses');
