"""A stand-in for Citus: its catalogue of tables, without the extension."""

from __future__ import annotations

from harness.database import Database


def distribute(database: Database, *tables: str) -> None:
    """Let the catalogue of Citus list these tables, as after create_distributed_table()."""
    with database.connect() as connection:
        connection.execute("set allow_system_table_mods = on")
        connection.execute("create table if not exists pg_catalog.pg_dist_partition (logicalrelid regclass not null)")
        for table in tables:
            connection.execute("insert into pg_catalog.pg_dist_partition values (%s::regclass)", (table,))
