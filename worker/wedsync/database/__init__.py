"""All access to PostgreSQL."""
