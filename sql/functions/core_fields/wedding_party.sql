-- requires: records/build_list
select wedsync_internal.build_list('wedding_party');
