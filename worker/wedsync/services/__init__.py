"""Services on channels and the database: joins, leaves, broadcasts, presence, the relay, jobs."""
