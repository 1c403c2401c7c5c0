-- provides: wedsync.client_profiles
select wedsync_internal.build_supplier_record('client_profiles');
