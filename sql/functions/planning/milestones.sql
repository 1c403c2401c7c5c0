-- uses: wedsync_internal.derive_milestones, wedsync_internal.validate_milestones
-- provides: wedsync.milestones, wedsync.delete_milestones
select wedsync_internal.build_record('milestones');
