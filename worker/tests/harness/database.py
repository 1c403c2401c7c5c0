"""One database for a test, and the ways to talk to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

import psycopg
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from harness.servers import Server

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Database:
    """A database that belongs to one test (or to one module); gone afterwards."""

    server: Server
    name: str

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

    def connect(self, user: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A new autocommit connection; the test closes it (use `with`)."""
        return psycopg.connect(self.server.dsn(self.name, user), autocommit=True)

    def query(self, text: str, *parameters: object, user: str = "postgres") -> Rows:
        """Run one statement on a connection of its own and return all rows ([] for statements without rows)."""
        with self.connect(user) as connection:
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
    def caller(
        self, subject: UUID | str | None, role: str = "authenticated", **claims: object
    ) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A transaction as PostgREST would make it: role and claims set, committed at the end."""
        claims = {"role": role, **({"sub": str(subject)} if subject else {}), **claims}
        with psycopg.connect(self.dsn) as connection:
            connection.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
            connection.execute(f'set local role "{role}"')
            yield connection

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
