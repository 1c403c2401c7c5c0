-- uses: wedsync_internal.validate_photo_submissions
-- provides: wedsync.photo_submissions, wedsync.delete_photo_submissions
select wedsync_internal.build_record('photo_submissions');
