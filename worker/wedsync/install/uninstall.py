"""Removes the pack from a database: its three schemas with all data. Roles are cluster-wide and kept."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from wedsync.errors import NotInstalled
from wedsync.install.blockers import LockWatch
from wedsync.install.database import Connection, connect, target
from wedsync.install.ledger import SCHEMAS, as_owner, read_state
from wedsync.install.refusals import refuse_standby, refuse_wedding_day
from wedsync.install.running import BUSY, lock_not_gained
from wedsync.install.wording import counted

# What an earlier version of the pack, or half an installation, does not have is not counted.
_WEDDINGS = "select count(*) from wedsync_data.weddings"
_WORKERS = "select count(*) from wedsync_internal.node_status() as n where n.alive"


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost: description of the database, number of weddings and connected worker processes, schemas."""

    database: str
    weddings: int
    workers: int
    schemas: tuple[str, ...] = SCHEMAS

    def __str__(self) -> str:
        weddings = counted(self.weddings, "wedding")
        workers = counted(self.workers, "worker process", "es")
        return f"{self.database}, with {weddings}, while {workers} {'is' if self.workers == 1 else 'are'} connected"


def show_loss(dsn: str) -> Loss:
    """What uninstall() would delete, without changing anything. Raises NotInstalled or ReadOnlyServer."""
    with closing(connect(dsn, application_name="wedsync uninstall")) as connection:
        return _loss(connection)


def uninstall(dsn: str, *, allow_on_wedding_day: bool = False) -> Loss:
    """Drop the schemas and return what was lost.

    Raises NotInstalled, ForeignSchema for schemas of somebody else, WeddingDay, ReadOnlyServer, or LockNotGained.
    """
    with closing(connect(dsn, application_name="wedsync uninstall")) as connection:
        loss = _loss(connection)
        with LockWatch(dsn, connection) as watch:
            try:
                with connection.transaction(), as_owner(connection):
                    if not allow_on_wedding_day:
                        refuse_wedding_day(connection, "uninstall")
                    connection.execute(f"drop schema if exists {', '.join(reversed(SCHEMAS))} cascade")
                    # Restore PostgreSQL's default, so that the role can be dropped.
                    connection.execute("alter default privileges grant execute on functions to public")
                    connection.execute("notify pgrst, 'reload schema'")
            except BUSY as error:
                raise lock_not_gained("uninstall", error, watch) from error
    return loss


def _loss(connection: Connection) -> Loss:
    refuse_standby(connection)
    if not read_state(connection).installed:
        raise NotInstalled(f"the pack is not installed in {target(connection)}")
    where = str(target(connection))
    with as_owner(connection):
        weddings = _count(connection, "to_regclass('wedsync_data.weddings')", _WEDDINGS)
        return Loss(where, weddings, _count(connection, "to_regproc('wedsync_internal.node_status')", _WORKERS))


def _count(connection: Connection, known: str, query: str) -> int:
    if connection.execute(f"select pg_catalog.{known} is null").fetchone() == (True,):
        return 0
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
