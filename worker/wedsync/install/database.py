"""A psycopg connection for the command line, with PostgreSQL's errors translated into ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import conninfo, errors, pq

from wedsync.errors import BadDsn, NotLetIn, ServerTooOld, Unreachable

OLDEST_MAJOR = 15
NEWEST_TESTED_MAJOR = 18

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a connection string, without secrets."""

    host: str
    port: str
    database: str
    user: str
    standby: bool = False

    def __str__(self) -> str:
        where = f"database {self.database} at {self.host}:{self.port} as {self.user}"
        return f"{where} (a standby)" if self.standby else where


def connect(dsn: str, *, application_name: str = "wedsync", timeout: int = 10) -> Connection:
    """An autocommit connection to a server that is new enough.

    Raises BadDsn, Unreachable, NotLetIn or ServerTooOld. `timeout` is in seconds and per address.
    """
    try:
        parameters: dict[str, Any] = dict(conninfo.conninfo_to_dict(dsn))
    except psycopg.ProgrammingError as error:
        # libpq's message contains the string, which may include a password.
        raise BadDsn(
            "the connection string is invalid",
            hint="expected postgresql://user@host:5432/database or host=… dbname=… user=…",
        ) from error.with_traceback(None)
    parameters.setdefault("connect_timeout", timeout)
    parameters.setdefault("application_name", application_name)
    try:
        # Transaction poolers do not support prepared statements.
        connection = psycopg.connect(autocommit=True, prepare_threshold=None, **parameters)
    except psycopg.OperationalError as error:
        raise _refusal(error, parameters) from error
    major = connection.info.server_version // 10000
    if major < OLDEST_MAJOR:
        connection.close()
        raise ServerTooOld(
            f"the server is PostgreSQL {major}; WedSync requires {OLDEST_MAJOR} or newer",
            hint=f"tested with {OLDEST_MAJOR} to {NEWEST_TESTED_MAJOR}",
        )
    return connection


def target(connection: Connection) -> Target:
    """What the connection is connected to, for messages."""
    info = connection.info
    return Target(info.host or "local socket", str(info.port), info.dbname, info.user, is_standby(connection))


def is_standby(connection: Connection) -> bool:
    """Whether the server is a standby; must not be called in a failed transaction."""
    return connection.execute("select pg_catalog.pg_is_in_recovery()").fetchone() == (True,)


def describe(error: psycopg.Error) -> str:
    """PostgreSQL's message with detail, hint and context, as a few lines; never the connection string."""
    diagnosis = error.diag
    lines = [diagnosis.message_primary or str(error).strip()]
    for label, value in (
        ("detail", diagnosis.message_detail),
        ("hint", diagnosis.message_hint),
        ("where", diagnosis.context),
    ):
        if value:
            lines.append(f"{label}: {value}")
    return "\n".join(lines)


def _refusal(error: psycopg.OperationalError, parameters: dict[str, Any]) -> Unreachable | NotLetIn:
    """Distinguish a server that does not respond from one that refuses."""
    # libpq takes missing parts from PGHOST, PGPORT and so on.
    parameters = {
        option.keyword.decode(): option.val.decode() for option in pq.Conninfo.get_defaults() if option.val
    } | parameters
    where = f"{parameters.get('host') or parameters.get('hostaddr') or 'local socket'}:{parameters.get('port') or 5432}"
    reasons = (
        [line for line in str(error).splitlines() if "failed: " in line] or str(error).splitlines() or ["no reason"]
    )
    text = reasons[-1].rpartition("failed: ")[2].strip()
    refused = (
        "password",
        "authentication",
        "pg_hba.conf",
        "is not permitted to log in",
        "permission denied for database",
        'role "',
    )
    if isinstance(error, errors.InvalidAuthorizationSpecification) or any(word in str(error) for word in refused):
        return NotLetIn(
            f"{where} refuses user {parameters.get('user') or '(the default)'}",
            hint=f"check the user and password in the connection string; the server said: {text}",
        )
    if text.startswith('FATAL:  database "'):
        return Unreachable(
            f"{where} answers, but: {text.removeprefix('FATAL:').strip()}", hint="create the database with createdb"
        )
    return Unreachable(
        f"cannot connect to PostgreSQL at {where}",
        hint=f"check that the server is running and the address is correct. The error was: {text}",
    )
