select wedsync_internal.build_list('family_vips');
