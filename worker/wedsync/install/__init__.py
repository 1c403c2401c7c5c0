"""Installing, upgrading and checking the SQL pack in a database."""
