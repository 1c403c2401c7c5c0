select wedsync_internal.build_list('key_moments');
