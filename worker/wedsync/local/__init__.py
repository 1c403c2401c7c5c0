"""`wedsync up` on a developer's machine: embedded PostgreSQL, demo data, demo page, development tokens."""
