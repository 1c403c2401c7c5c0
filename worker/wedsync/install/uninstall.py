"""Take the pack out of a database: its three schemas with all data. Roles stay, because they belong to the whole cluster."""

from __future__ import annotations

from contextlib import closing

from wedsync.errors import NotInstalled
from wedsync.install.database import connect, target
from wedsync.install.ledger import SCHEMAS, as_owner, read_state


def uninstall(dsn: str) -> tuple[str, ...]:
    """Drop the schemas and return their names; raises NotInstalled, or ForeignSchema for those of somebody else."""
    with closing(connect(dsn, application_name="wedsync uninstall")) as connection:
        if not read_state(connection).installed:
            raise NotInstalled(f"the pack is not in {target(connection)}")
        with as_owner(connection):
            connection.execute("set local lock_timeout = '5s'")
            connection.execute(f"drop schema if exists {', '.join(reversed(SCHEMAS))} cascade")
            connection.execute("notify pgrst, 'reload schema'")
    return SCHEMAS
