-- uses: wedsync_internal.derive_guest_allergens
-- provides: wedsync.guest_allergens, wedsync.delete_guest_allergens
select wedsync_internal.build_record('guest_allergens');
