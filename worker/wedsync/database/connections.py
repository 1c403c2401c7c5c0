"""Connections to PostgreSQL for the daemon: one way to read a connection string, one way to retry.

Connection strings are libpq's, as a URI or as `key=value` pairs, so that the worker and the command
line accept the same ones. Every connection of the worker acts as the role `wedsync_worker`.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any
from urllib.parse import urlencode

import asyncpg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import Error as PsycopgError

from wedsync.errors import (
    BadDsn,
    DatabaseError,
    MissingRights,
    NotInstalled,
    NotLetIn,
    ReadOnlyServer,
    Unreachable,
    WedSyncError,
)
from wedsync.logs import EventLogger

Connection = Any
"""An asyncpg connection; the library ships no types."""

ROLE = "wedsync_worker"
STANDBY_HINT = "it may be a standby: with several hosts in WEDSYNC_DSN, add target_session_attrs=read-write"
CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 30.0
TOLD_AGAIN_AFTER = 60.0

TRANSIENT: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Exceptions of the driver when a database is unavailable or refuses a call.

`OSError` covers time-outs; `InternalClientError` can occur when a session dies in the middle of a response.
"""
RETRIED: tuple[type[Exception], ...] = (WedSyncError, *TRANSIENT)
"""Exceptions that a long-running component survives."""

_AWAY = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError)
_ABOUT_VALUES = frozenset(("21", "22", "23", "54", "P0", "PT", "XX"))
_UNDERSTOOD = frozenset(
    (
        "dbname", "gsslib", "host", "krbsrvname", "options", "passfile", "password", "port", "service", "sslcert",
        "sslcrl", "sslkey", "sslmode", "sslnegotiation", "sslpassword", "sslrootcert", "ssl_max_protocol_version",
        "ssl_min_protocol_version", "target_session_attrs", "user",
    )
)  # fmt: skip
_DSN_FORMS = "expected postgresql://user@host:5432/database or host=… dbname=… user=…"
# These tune libpq itself and can be omitted safely.
_WITHOUT_EFFECT = frozenset(
    (
        "application_name", "client_encoding", "connect_timeout", "fallback_application_name", "gssencmode",
        "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "load_balance_hosts",
        "sslcompression", "sslsni", "tcp_user_timeout",
    )
)  # fmt: skip


def asyncpg_dsn(dsn: str) -> str:
    """The connection string as asyncpg understands it. Raises `BadDsn`, without quoting the string."""
    try:
        given = conninfo_to_dict(dsn)
    except PsycopgError as exc:
        raise BadDsn("the connection string is invalid", hint=_DSN_FORMS) from exc
    unknown = sorted(set(given) - _UNDERSTOOD - _WITHOUT_EFFECT)
    if unknown:
        raise BadDsn(f"the worker does not support {', '.join(unknown)} in the connection string")
    query = {name: str(value) for name, value in given.items() if name in _UNDERSTOOD and value is not None}
    if "host" in query:
        query["host"] = ",".join(_bracketed(host) for host in query["host"].split(","))
    return f"postgresql://?{urlencode(query)}" if query else "postgresql://"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith(("/", "[")) else host


async def connect(dsn: str, purpose: str) -> Connection:
    """A direct connection in autocommit. `purpose` shows in `application_name`. Raises what `explained` returns."""
    try:
        connection = await asyncpg.connect(
            asyncpg_dsn(dsn),
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings={"application_name": f"wedsync {purpose}"},
        )
    except TRANSIENT as exc:
        raise explained(exc) from exc
    try:
        await become_worker(connection)
    except asyncpg.InsufficientPrivilegeError as exc:
        connection.terminate()
        raise MissingRights(
            f"the user may not act as {ROLE}", hint=f"run: grant {ROLE} to <the user of the connection string>"
        ) from exc
    except TRANSIENT as exc:
        connection.terminate()
        raise explained(exc) from exc
    return connection


async def create_pool(dsn: str, purpose: str, size: int, settings: dict[str, str] | None = None) -> Any:
    """A pool of at most `size` connections that opens them when needed; `settings` are those of each session."""
    return await asyncpg.create_pool(
        asyncpg_dsn(dsn),
        min_size=0,
        max_size=size,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        init=become_worker,
        # Every call is one statement in autocommit: there is no state to clear between two of them.
        reset=_nothing_to_reset,
        server_settings={"application_name": f"wedsync {purpose}", **(settings or {})},
    )


async def _nothing_to_reset(_connection: Connection) -> None:
    return


async def become_worker(connection: Connection) -> None:
    """Give up whatever the login may do beyond the worker's rights."""
    await connection.execute(f"set role {ROLE}")


def explained(exc: Exception) -> WedSyncError:
    """Our error for a driver's exception, with only the message of the server's text."""
    if isinstance(exc, WedSyncError):
        return exc
    if isinstance(exc, asyncpg.InvalidAuthorizationSpecificationError):
        return NotLetIn(
            "the database refuses this user", hint="check the password, pg_hba.conf, and that the role may log in"
        )
    if isinstance(exc, asyncpg.ReadOnlySQLTransactionError):
        return ReadOnlyServer("the database is read-only", hint=STANDBY_HINT)
    if isinstance(exc, asyncpg.InvalidCatalogNameError):
        return Unreachable("the database does not exist")
    if isinstance(exc, asyncpg.InvalidParameterValueError) and ROLE in str(exc):
        return NotInstalled(f"the role {ROLE} does not exist", hint="run `wedsync migrate`")
    if isinstance(exc, (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError)):
        return NotInstalled(
            "the pack is not installed in this database, or is older than this worker", hint="run `wedsync migrate`"
        )
    if isinstance(exc, asyncpg.ClientConfigurationError):
        return BadDsn("the connection string is invalid", hint=_DSN_FORMS)
    if isinstance(exc, asyncpg.PostgresError) and not isinstance(exc, _AWAY):
        return DatabaseError(f"the database reported: {exc.message}")
    return Unreachable(f"the database cannot be reached ({type(exc).__name__})")


def blames_values(exc: BaseException) -> bool:
    """Whether the database rejected the values, so that retrying would fail again."""
    return str(getattr(exc, "sqlstate", None) or "")[:2] in _ABOUT_VALUES


class Backoff:
    """Exponential back-off with full jitter: uniform between zero and a ceiling that doubles up to `longest` seconds.

    A second lets a worker recover soon after its database, at little cost while the database is down.
    """

    def __init__(self, first: float = 0.1, longest: float = 1.0) -> None:
        self._first = first
        self._longest = longest
        self._ceiling = first
        self._told: dict[type[BaseException], float] = {}

    def is_news(self, exc: BaseException) -> bool:
        """Whether to log this failure: the first of its kind since the last success, and once a minute while that lasts."""
        now = time.monotonic()
        if now < self._told.get(type(exc), 0.0):
            return False
        self._told[type(exc)] = now + TOLD_AGAIN_AFTER
        return True

    def pause(self) -> float:
        """Seconds to wait before the next attempt."""
        seconds = random.uniform(0, self._ceiling)  # noqa: S311 (no secret depends on it)
        self._ceiling = min(self._longest, self._ceiling * 2)
        return seconds

    async def rest(self, exc: BaseException, log: EventLogger, event: str, **fields: object) -> None:
        """Log a failure if it is new, and wait before the next attempt."""
        if self.is_news(exc):
            log.warning(event, error=type(exc).__name__, **fields)
        await asyncio.sleep(self.pause())

    def reset(self) -> None:
        """Call after a success."""
        self._ceiling = self._first
        self._told.clear()
