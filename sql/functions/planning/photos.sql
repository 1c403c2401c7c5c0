-- uses: wedsync_internal.derive_photos, wedsync_internal.validate_photos
-- provides: wedsync.photos, wedsync.delete_photos
select wedsync_internal.build_record('photos');
