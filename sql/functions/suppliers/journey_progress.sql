-- provides: wedsync.journey_progress
select wedsync_internal.build_record('journey_progress');
