select wedsync_internal.build_list('wedding_party');
