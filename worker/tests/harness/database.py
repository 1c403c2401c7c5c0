"""One database for a test, and the ways to talk to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from harness.servers import Server

Rows = list[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]
# All that `discard all` does, except for the plans: making those again with every call took most of the time of many tests.
_AS_NEW = """
close all; set session authorization default; reset all; deallocate all; unlisten *; select pg_advisory_unlock_all();
discard temp; discard sequences
"""
_MOST_KEPT = 8


@dataclass(frozen=True)
class Database:
    """A database that belongs to one test (or to one module); gone afterwards."""

    server: Server
    name: str
    _kept: dict[str, list[Connection]] | None = field(default=None, compare=False, repr=False)
    """Sessions for calls to come, by login, as a pool keeps them; None where nobody would close them."""

    @property
    def dsn(self) -> str:
        """Connection string of the superuser."""
        return self.server.dsn(self.name)

    @property
    def worker_dsn(self) -> str:
        """Connection string of the role wedsync_worker."""
        return self.server.dsn(self.name, "wedsync_worker")

    def dsn_as(self, user: str, **more: str) -> str:
        """Connection string of another role."""
        return make_conninfo(self.server.dsn(self.name, user), **more)

    def connect(self, user: str = "postgres") -> Connection:
        """A new autocommit connection; the test closes it (use `with`)."""
        return psycopg.connect(self.server.dsn(self.name, user), autocommit=True)

    @contextmanager
    def session(self, user: str = "postgres") -> Iterator[Connection]:
        """A connection in autocommit mode that nobody else uses meanwhile: new, or one that was used before and is as new."""
        connection = self._take(user)
        try:
            yield connection
        finally:
            kept = [] if self._kept is None else self._kept.setdefault(user, [])
            idle = not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE
            if self._kept is not None and idle and len(kept) < _MOST_KEPT:
                kept.append(connection)
            else:
                connection.close()

    def _take(self, user: str) -> Connection:
        kept = (self._kept or {}).get(user, [])
        while True:
            try:
                connection = kept.pop()
            except IndexError:
                break
            try:
                connection.autocommit = True
                connection.execute(_AS_NEW)
            except psycopg.Error:  # the server was restarted, or somebody ended the session
                connection.close()
            else:
                return connection
        connection = self.connect(user)
        # What a statement returns may change between two calls.
        connection.prepare_threshold = None
        return connection

    def end_sessions(self) -> None:
        """End those that are kept."""
        for connections in (self._kept or {}).values():
            while connections:
                connections.pop().close()

    def query(self, text: str, *parameters: object, user: str = "postgres") -> Rows:
        """Run one statement in a transaction of its own and return all rows ([] for statements without rows)."""
        with self.session(user) as connection:
            cursor = connection.execute(text, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, text: str, *parameters: object, user: str = "postgres") -> Any:
        """The first column of the first row."""
        return self.query(text, *parameters, user=user)[0][0]

    @property
    def somebody_waits(self) -> bool:
        """Whether a transaction here waits for a lock."""
        found: bool = self.value(
            """select exists (select from pg_locks as l join pg_stat_activity as a using (pid)
            where not l.granted and a.datname = current_database())"""
        )
        return found

    @contextmanager
    def caller(self, subject: UUID | str | None, role: str = "authenticated", **claims: object) -> Iterator[Connection]:
        """A transaction as PostgREST would make it, in a session of its pool: role and claims set, committed at the end."""
        claims = {"role": role, **({"sub": str(subject)} if subject else {}), **claims}
        with self.session() as connection:
            connection.autocommit = False
            try:
                connection.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
                connection.execute(f'set local role "{role}"')
                yield connection
            except BaseException:
                with suppress(psycopg.Error):  # the connection is lost
                    connection.rollback()
                raise
            if not connection.closed:
                connection.commit()

    def call(self, subject: UUID | str | None, text: str, *parameters: object, role: str = "authenticated") -> Any:
        """First value of one statement run as a caller, in a transaction of its own."""
        with self.caller(subject, role) as connection:
            row = connection.execute(text, parameters or None).fetchone()
            return row[0] if row else None


@dataclass(frozen=True)
class Person:
    """Somebody with a user id, who calls the database."""

    database: Database
    id: UUID

    @classmethod
    def new(cls, database: Database) -> Self:
        """A person nobody has seen before."""
        return cls(database, uuid4())

    def call(self, text: str, *parameters: object) -> Any:
        """First value of a statement run as this person."""
        return self.database.call(self.id, text, *parameters)
