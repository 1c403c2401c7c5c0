-- provides: wedsync.client_profiles
select wedsync_internal.build_record('client_profiles');
