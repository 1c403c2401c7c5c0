-- provides: wedsync.timeline_proposals, wedsync.delete_timeline_proposals
select wedsync_internal.build_record('timeline_proposals');
