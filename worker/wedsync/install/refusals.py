"""What stops a command before it changes anything: a standby, a transaction pooler, a wedding day."""

from __future__ import annotations

from contextlib import closing

import psycopg

from wedsync.errors import LockLost, ReadOnlyServer, WeddingDay
from wedsync.install.database import Connection, connect, is_standby, target

# How often a pooler is offered the chance to show that it shares a session.
_ATTEMPTS = 5


def refuse_standby(connection: Connection) -> None:
    """Raise ReadOnlyServer where the server replays another one's log."""
    if is_standby(connection):
        raise ReadOnlyServer(
            f"{target(connection)} takes no writes",
            hint="connect to the primary; with several hosts, add target_session_attrs=read-write",
        )


def refuse_pooler(connection: Connection, dsn: str) -> None:
    """Raise LockLost behind a transaction pooler, where the lock of a session would be held by whoever comes next.

    A pooler has a process number of its own to tell. Whether it also hands our session to others between two
    transactions is tried: a pooler that keeps it for us until we leave does no harm.
    """
    if _backend(connection) == connection.info.backend_pid:
        return
    with closing(connect(dsn, application_name="wedsync pooler check")) as other:
        for _ in range(_ATTEMPTS):
            ours = _backend(connection)
            try:
                theirs = _backend(other)
            except psycopg.OperationalError:
                # No session left for it: so ours is kept for us.
                return
            if ours == theirs:
                raise LockLost(
                    "the connection goes through a transaction pooler",
                    hint="connect to PostgreSQL directly, because a migration needs a session of its own; nothing was changed",
                )


def _backend(connection: Connection) -> int | None:
    row = connection.execute("select pg_backend_pid()").fetchone()
    return row[0] if row else None


def refuse_wedding_day(connection: Connection, action: str) -> None:
    """Raise WeddingDay where somebody marries today; for whoever acts as the owner."""
    known = connection.execute("select pg_catalog.to_regproc('wedsync_internal.weddings_today') is not null").fetchone()
    if known != (True,):
        return
    row = connection.execute("select wedsync_internal.weddings_today()").fetchone()
    if row and row[0]:
        raise WeddingDay(
            f"{row[0]} wedding{'s are' if row[0] > 1 else ' is'} today; nothing was changed",
            hint=f"{action} tomorrow, or pass --allow-on-wedding-day",
        )
