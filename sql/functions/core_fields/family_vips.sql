select wedsync_internal.build_record('family_vips');
