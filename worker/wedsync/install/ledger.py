"""The ledger of migrations in the database, and the advisory lock that keeps two migrations apart."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from psycopg import errors
from psycopg.pq import TransactionStatus

from wedsync import __version__
from wedsync.errors import ForeignSchema, LockLost, LockNotGained, MissingRights
from wedsync.install.blockers import advisory_holder, table_holders
from wedsync.install.database import Connection, describe, target
from wedsync.install.sql_files import SqlFile

OWNER = "wedsync_owner"
SCHEMAS = ("wedsync", "wedsync_data", "wedsync_internal")
FINISH = "finish"
# "wedsync" in ASCII; one lock for each database, because advisory locks are per database.
LOCK_KEY = int.from_bytes(b"wedsync", "big")
# Milliseconds that reading or writing a few rows of the pack may wait.
SHORT_LOCK_TIMEOUT = 5000
# Logins that are members of these roles are used by applications. They must never own the tables.
SERVING_ROLES = ("wedsync_worker", "wedsync_admin", "anon", "authenticated", "service_role")
FUNCTIONS_SQL = files("wedsync.install").joinpath("ledger_functions.sql").read_text(encoding="utf-8")
LEDGER_SQL = files("wedsync.install").joinpath("ledger.sql").read_text(encoding="utf-8") + FUNCTIONS_SQL


@dataclass(frozen=True, slots=True)
class Entry:
    """The latest applied row of one name."""

    kind: str
    number: int | None
    name: str
    checksum: str
    breaking: bool
    applied_by: str
    tool_version: str
    finished_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """The latest row of a name that was not applied: outcome `started` (killed or running) or `failed`."""

    name: str
    outcome: str
    started_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The state of the ledger; `installed` is false without a ledger, `finished` if the last run was interrupted."""

    installed: bool
    finished: bool = False
    applied: Mapping[str, Entry] = field(default_factory=dict)
    unfinished: tuple[Attempt, ...] = ()

    @property
    def breaking_version(self) -> int:
        """The highest applied number that is marked breaking, or 0."""
        return max((entry.number or 0 for entry in self.applied.values() if entry.breaking), default=0)


@contextmanager
def as_owner(connection: Connection) -> Iterator[None]:
    """A transaction as wedsync_owner with an empty search_path.

    Raises MissingRights if we may not act as that role, LockNotGained if others lock rows.
    """
    try:
        with connection.transaction():
            connection.execute("set local search_path = ''")
            connection.execute("set local client_min_messages = warning")
            connection.execute(f"set local lock_timeout = {SHORT_LOCK_TIMEOUT}")
            become_owner(connection)
            yield
    except errors.LockNotAvailable as error:
        # Within a longer transaction, its owner looks for blockers.
        if connection.info.transaction_status != TransactionStatus.IDLE:
            raise
        raise LockNotGained(
            f"a table of the pack is locked by {table_holders(connection)}",
            hint="nothing was changed: retry when that session has ended, or end it with pg_terminate_backend(pid)",
        ) from error
    except (errors.UndefinedTable, errors.UndefinedFunction) as error:
        raise ForeignSchema(f"the ledger is incomplete: {describe(error)}") from error


def become_owner(connection: Connection) -> None:
    """Act as wedsync_owner until the transaction ends; raises MissingRights."""
    serves = _serves(connection)
    try:
        connection.execute(f"set local role {OWNER}")
    except (errors.InsufficientPrivilege, errors.InvalidParameterValue) as error:
        user = connection.info.user
        hint = (
            "this login is used by applications and must not own tables: use the login that installed the pack"
            if serves
            else f'use the login that installed the pack, or ask an administrator to run: grant {OWNER} to "{user}";'
        )
        raise MissingRights(f"{user} may not act as {OWNER}", hint=hint) from error


def _serves(connection: Connection) -> bool:
    """Whether the login is used by applications: a member of a worker or API role that may not create schemas."""
    row = connection.execute(
        """
        select exists (
            select from pg_catalog.pg_roles as r
            where r.rolname = any (%s) and pg_catalog.pg_has_role(session_user, r.oid, 'member')
        ) and not pg_catalog.has_database_privilege(session_user, pg_catalog.current_database(), 'create')
        """,
        (list(SERVING_ROLES),),
    ).fetchone()
    return row == (True,)


def read_state(connection: Connection) -> LedgerState:
    """Read the ledger; raises ForeignSchema if a schema with our name belongs to somebody else."""
    if not _ledger_exists(connection):
        foreign = _foreign_schemas(connection)
        if not foreign:
            return LedgerState(installed=False)
        # Another run may have installed between these two checks.
        if not _ledger_exists(connection):
            raise ForeignSchema(
                f"{target(connection)} has a schema {' and '.join(foreign)} that WedSync did not make",
                hint="rename it (alter schema … rename to …) or install into another database; nothing was changed",
            )
    with as_owner(connection):
        applied = connection.execute(
            """
            select m.kind, m.number, m.name, m.checksum, m.breaking, m.applied_by, m.tool_version, m.finished_at,
                extract(epoch from m.finished_at - m.started_at)::float8
            from wedsync_internal.applied_migrations() as m
            """
        ).fetchall()
        unfinished = connection.execute(
            "select m.name, m.outcome, m.started_at, m.error from wedsync_internal.unfinished_migrations() as m"
        ).fetchall()
        finished = connection.execute("select wedsync_internal.migrations_finished()").fetchone()
    return LedgerState(
        installed=True,
        finished=finished == (True,),
        applied={row[2]: Entry(*row) for row in applied},
        unfinished=tuple(Attempt(*row) for row in unfinished),
    )


# Empty schemas owned by wedsync_owner were prepared by an administrator.
FOREIGN_SCHEMAS_SQL = f"""
select n.nspname::text
from pg_catalog.pg_namespace as n
where n.nspname in ({", ".join(f"'{name}'" for name in SCHEMAS)})
    and not (
        pg_catalog.pg_get_userbyid(n.nspowner) = '{OWNER}'
        and not exists (select from pg_catalog.pg_class as c where c.relnamespace = n.oid)
        and not exists (select from pg_catalog.pg_proc as p where p.pronamespace = n.oid)
    )
order by n.nspname
"""


def _foreign_schemas(connection: Connection) -> list[str]:
    return [row[0] for row in connection.execute(FOREIGN_SCHEMAS_SQL).fetchall()]


def _ledger_exists(connection: Connection) -> bool:
    """Whether our ledger exists; raises ForeignSchema if a table of that name belongs to somebody else.

    Uses the catalogue, because names are only resolved for users with USAGE on the schema.
    """
    row = connection.execute(
        """
        select pg_get_userbyid(c.relowner)::text
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = 'wedsync_internal' and c.relname = 'migrations'
        """
    ).fetchone()
    if row is None:
        return False
    if row[0] != OWNER:
        raise ForeignSchema(
            f"{target(connection)} has a table wedsync_internal.migrations that WedSync did not make (owner {row[0]})",
            hint="rename the schema (alter schema … rename to …) or install into another database; nothing was changed",
        )
    return True


def begin_attempts(
    connection: Connection, run: UUID, steps: Sequence[SqlFile], checksum: str | None = None
) -> list[int]:
    """Write and commit `started` rows, so that a killed run is visible; empty `steps` means the closing step."""
    with as_owner(connection):
        if checksum is not None:
            return [_begin(connection, run, "finish", None, FINISH, checksum, False)]
        return [begin_attempt(connection, run, file) for file in steps]


def begin_attempt(connection: Connection, run: UUID, file: SqlFile) -> int:
    """The same for one file inside the caller's transaction, as the file that comes before the ledger needs it."""
    return _begin(connection, run, file.kind, file.number, file.name, file.checksum, file.breaking)


def _begin(connection: Connection, *row: object) -> int:
    answer = connection.execute(
        "select wedsync_internal.begin_migration(%s, %s, %s, %s, %s, %s, %s)", (*row, __version__)
    ).fetchone()
    assert answer is not None  # noqa: S101
    return int(answer[0])


def end_attempts(connection: Connection, ids: Sequence[int], outcome: str, error: str | None = None) -> None:
    """Close `started` rows as applied or failed; inside the caller's transaction."""
    connection.execute("select wedsync_internal.end_migrations(%s, %s, %s)", (list(ids), outcome, error))


@contextmanager
def migration_lock(connection: Connection, deadline: float) -> Iterator[None]:
    """Hold the session's advisory lock. It is polled with no transaction open, because a waiting statement holds back
    `create index concurrently` of its holder. `deadline` is a time.monotonic() value; raises LockNotGained.
    """
    while connection.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone() != (True,):
        if time.monotonic() > deadline:
            raise LockNotGained(
                f"another migration of this database is running: {advisory_holder(connection, LOCK_KEY)}",
                hint="wait for it; --deadline SECONDS waits longer",
            )
        time.sleep(random.uniform(0.05, 0.25))  # noqa: S311
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", (LOCK_KEY,))


def check_lock(connection: Connection) -> None:
    """Raise LockLost if this session does not hold the lock, as happens behind a transaction pooler."""
    held = connection.execute(
        """
        select exists (
            select from pg_catalog.pg_locks as l
            where l.locktype = 'advisory' and l.pid = pg_catalog.pg_backend_pid() and l.granted
                and l.classid = %s and l.objid = %s and l.objsubid = 1
        )
        """,
        (LOCK_KEY >> 32, LOCK_KEY & 0xFFFFFFFF),
    ).fetchone()
    if held != (True,):
        raise LockLost(
            "the server session changed during the migration",
            hint="connect to PostgreSQL directly, not through a transaction pooler",
        )
