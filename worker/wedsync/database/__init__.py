"""Everything that the worker asks of PostgreSQL."""
