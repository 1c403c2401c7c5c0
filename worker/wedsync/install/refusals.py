"""Checks that stop a command before it changes anything: standby, transaction pooler, Citus tables, wedding day."""

from __future__ import annotations

from contextlib import closing

import psycopg

from wedsync.errors import DistributedTables, LockLost, ReadOnlyServer, WeddingDay
from wedsync.install.database import Connection, connect, is_standby, target
from wedsync.install.wording import counted

# How many times to test whether a pooler shares our session.
_ATTEMPTS = 5


def refuse_standby(connection: Connection) -> None:
    """Raise ReadOnlyServer on a standby."""
    if is_standby(connection):
        raise ReadOnlyServer(
            f"{target(connection)} takes no writes",
            hint="connect to the primary; with several hosts, add target_session_attrs=read-write",
        )


def refuse_pooler(connection: Connection, dsn: str) -> None:
    """Raise LockLost behind a transaction pooler, where the session's lock would pass to its next user.

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
                # No other session available, so ours is not shared.
                return
            if ours == theirs:
                raise LockLost(
                    "the connection goes through a transaction pooler",
                    hint="connect to PostgreSQL directly, because a migration needs a session of its own; nothing was changed",
                )


# Citus keeps the list of its tables in a catalogue of its own.
CITUS_CATALOG = "pg_catalog.pg_dist_partition"
CITUS_TABLES_SQL = """\
select pg_catalog.format('%I.%I', n.nspname, c.relname) as name
from pg_catalog.pg_dist_partition as d
inner join pg_catalog.pg_class as c on c.oid = d.logicalrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('wedsync', 'wedsync_data', 'wedsync_internal') and not c.relispartition
order by 1"""
CITUS_HINT = (
    "on Citus tables views and functions of the pack fail for signed-in users: make them ordinary tables again with "
    "undistribute_table(), and spread weddings over cells, ordinary databases that each have the whole pack"
)


def citus_tables(connection: Connection) -> tuple[str, ...]:
    """Tables of the pack that Citus distributes or manages, with their schemas."""
    row = connection.execute("select pg_catalog.to_regclass(%s) is not null", (CITUS_CATALOG,)).fetchone()
    if row != (True,):
        return ()
    return tuple(name for (name,) in connection.execute(CITUS_TABLES_SQL))


def refuse_citus(connection: Connection) -> None:
    """Raise DistributedTables if Citus manages tables of the pack."""
    if tables := citus_tables(connection):
        raise DistributedTables(
            f"{counted(len(tables), 'table')} of the pack in Citus: {', '.join(tables)}", hint=CITUS_HINT
        )


def _backend(connection: Connection) -> int | None:
    row = connection.execute("select pg_backend_pid()").fetchone()
    return row[0] if row else None


def refuse_wedding_day(connection: Connection, action: str) -> None:
    """Raise WeddingDay on the date of a wedding, and on Saturdays while weddings are to come; requires the owner's role."""
    known = connection.execute(
        "select pg_catalog.to_regproc('wedsync_internal.weddings_protected_now') is not null"
    ).fetchone()
    if known != (True,):
        return
    row = connection.execute("select wedsync_internal.weddings_protected_now()").fetchone()
    if row and row[0]:
        raise WeddingDay(
            f"it is a wedding day for {counted(row[0], 'wedding')}; nothing was changed",
            hint=f"{action} tomorrow, or pass --allow-on-wedding-day",
        )
