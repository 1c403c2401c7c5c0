"""What the worker does with the database for its channels: joins, leaves, broadcasts, presence, the relay, jobs."""
