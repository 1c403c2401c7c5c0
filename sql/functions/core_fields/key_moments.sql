select wedsync_internal.build_record('key_moments');
