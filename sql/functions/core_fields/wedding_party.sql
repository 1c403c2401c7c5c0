select wedsync_internal.build_record('wedding_party');
