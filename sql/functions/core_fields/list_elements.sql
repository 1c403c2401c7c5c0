-- requires: records/build_lists
select wedsync_internal.build_lists();
