"""Blockers: the sessions that hold a lock which another session waits for."""

from __future__ import annotations

from contextlib import closing
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg

from wedsync.errors import WedSyncError
from wedsync.install.database import Connection, connect

_LOOK_EVERY = 0.1

# The start time is visible only to the session's own user, superusers and pg_read_all_stats.
_SESSION = """
select pg_catalog.format(
    'pid %%s (%%s, user %%s, %%s)', a.pid, coalesce(nullif(a.application_name, ''), 'unnamed'), coalesce(a.usename::text, 'none'),
    case
        when a.xact_start is null and a.backend_start is null then 'since when is hidden from us'
        else pg_catalog.concat(coalesce(a.state, 'working'), ', since ',
            pg_catalog.to_char(coalesce(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS TZ'))
    end
)
from pg_catalog.pg_stat_activity as a
"""
_BLOCKING = f"""{_SESSION} where a.pid = any (pg_catalog.pg_blocking_pids(%s))
union all
select 'a prepared transaction (see pg_prepared_xacts)' where 0 = any (pg_catalog.pg_blocking_pids(%s))"""
# What keeps others from reading or writing rows.
_LOCKING = f"""{_SESSION}
where a.pid <> pg_catalog.pg_backend_pid() and exists (
    select from pg_catalog.pg_locks as l
    inner join pg_catalog.pg_class as c on c.oid = l.relation
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where l.pid = a.pid and l.granted and n.nspname in ('wedsync', 'wedsync_data', 'wedsync_internal')
        and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = pg_catalog.current_database())
)"""
_HOLDING = f"""{_SESSION}
inner join pg_catalog.pg_locks as l on l.pid = a.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = %s and l.objid = %s
    and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = pg_catalog.current_database())"""


def advisory_holder(connection: Connection, key: int) -> str:
    """The session that holds an advisory lock of this database, or a note that it has ended."""
    rows = connection.execute(_HOLDING, (key >> 32, key & 0xFFFFFFFF)).fetchall()
    return ", ".join(row[0] for row in rows) or "a session that has just ended"


def table_holders(connection: Connection) -> str:
    """The sessions that hold locks on tables of the pack which keep others from reading or writing them."""
    rows = connection.execute(_LOCKING, ()).fetchall()
    return ", ".join(row[0] for row in rows) or "a session that has just ended"


class LockWatch:
    """During the block, a second session checks what the first waits for; `seen` names the last blockers found.

    Afterwards it would be too late, because a cancelled statement no longer waits.
    """

    def __init__(self, dsn: str, connection: Connection) -> None:
        self.seen: str | None = None
        self._dsn = dsn
        # Not the protocol's process id, because a pooler has its own.
        row = connection.execute("select pg_catalog.pg_backend_pid()").fetchone()
        self._pid = row[0] if row else 0
        self._ended = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        try:
            with closing(connect(self._dsn, application_name="wedsync lock watch")) as connection:
                while not self._ended.wait(_LOOK_EVERY):
                    rows = connection.execute(_BLOCKING, (self._pid, self._pid)).fetchall()
                    if rows:
                        self.seen = ", ".join(row[0] for row in rows)
        except (psycopg.Error, WedSyncError) as error:
            self.seen = f"unknown, because a second session that looks was refused: {str(error).splitlines()[0]}"
