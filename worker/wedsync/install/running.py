"""Runs the text of a SQL file on a connection, with errors that name the file and the line."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from wedsync.errors import BadSqlTree, LockNotGained, MissingRights, StatementFailed
from wedsync.install.blockers import LockWatch
from wedsync.install.database import Connection, describe
from wedsync.install.sql_files import SqlFile

# Temporary lock conflicts.
BUSY = (errors.LockNotAvailable, errors.DeadlockDetected)
# A concurrent installation in another database of the cluster creates the same roles.
_RACES = (errors.UniqueViolation, errors.DuplicateObject, errors.InternalError_)
_LONGEST_RACE = 5.0
# Tables and views that the statements of a file lock; names after `on` that are none are left out by the query.
_LOCKED = re.compile(
    r"(?:\balter table(?: if exists)?|\bview(?: if exists)?|\bon|^-- provides:.*?)\s+(wedsync(?:_data|_internal)?\.\w+)",
    re.MULTILINE | re.IGNORECASE,
)
_LOCK_SQL = """\
select coalesce(string_agg(format('alter table %%s owner to wedsync_owner', c.oid::regclass), ';' order by c.oid), '')
from pg_class as c
where c.oid = any (select to_regclass(name) from unnest(%s::text[]) as name)
    and c.relkind in ('r', 'p', 'v') and c.relowner = to_regrole('wedsync_owner')
"""


def lock_relations(connection: Connection, files: Iterable[SqlFile]) -> None:
    """Lock at once all tables and views that the files lock one after the other, by stating their owner.

    A session that waits for one of them while it holds another makes a long transaction fail at its end, again and
    again, because PostgreSQL looks for deadlocks only once in each wait.
    """
    named = {name for file in files for name in _LOCKED.findall(file.text)}
    (statements,) = connection.execute(_LOCK_SQL, (sorted(named),)).fetchone() or ("",)
    if statements:
        connection.execute(statements)


def run_file(connection: Connection, file: SqlFile) -> None:
    """Run the whole file; raises StatementFailed, MissingRights (installer files), or BadSqlTree if it commits."""
    before = connection.info.transaction_status
    run_sql(connection, file.text, file.name, as_installer=file.as_installer)
    if connection.info.transaction_status != before:
        raise BadSqlTree(
            f"{file.name}.sql begins or ends a transaction",
            hint="remove begin and commit: the migration manages transactions",
        )
    if before == TransactionStatus.INTRANS:
        connection.execute("set local search_path = ''")


def run_sql(connection: Connection, text: str, name: str, *, as_installer: bool = False) -> None:
    """Run statements. What patiently() can wait for, and a lost connection, pass through as they are."""
    try:
        connection.execute(text)
    except BUSY:
        raise
    except errors.InsufficientPrivilege as error:
        if not as_installer:
            raise _failed(name, text, error) from error
        raise MissingRights(f"{name}: {error.diag.message_primary}", hint=error.diag.message_hint) from error
    except psycopg.Error as error:
        if connection.broken or (as_installer and isinstance(error, _RACES)):
            raise
        raise _failed(name, text, error) from error


def patiently(work: Callable[[], None], name: str, deadline: float, watch: LockWatch, *, racing: bool = False) -> None:
    """Repeat `work` while others hold what it needs, with growing, jittered pauses, until `deadline` (time.monotonic()).

    With `racing`, conflicts over roles count as such for some seconds. Raises LockNotGained, which names the others,
    or StatementFailed.
    """
    pause, begun = 0.1, time.monotonic()
    while True:
        try:
            return work()
        except BUSY as error:
            if time.monotonic() > deadline:
                raise lock_not_gained(name, error, watch) from error
        except _RACES as error:
            if not racing or time.monotonic() > begun + _LONGEST_RACE:
                raise StatementFailed(f"{name}: {describe(error)}") from error
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
        pause = min(pause * 2, 5)


def lock_not_gained(name: str, error: psycopg.Error, watch: LockWatch) -> LockNotGained:
    """The error for a step that timed out, with its blockers."""
    return LockNotGained(
        f"{name}: somebody else kept a lock that it needs: {watch.seen or describe(error).splitlines()[0]}",
        hint="this step was rolled back: retry when that session has ended, or end it with pg_terminate_backend(pid)",
    )


def drop_statement(what: str) -> str:
    """The statement for a `-- drop: KIND NAME` header, with IF EXISTS."""
    words = 2 if what.startswith("materialized ") else 1
    parts = what.split(" ", words)
    return f"drop {' '.join(parts[:words])} if exists {parts[words]}"


def _failed(name: str, text: str, error: psycopg.Error) -> StatementFailed:
    position = error.diag.statement_position
    line = f", line {text.count(chr(10), 0, int(position)) + 1}" if position else ""
    return StatementFailed(
        f"{name}{line}: {describe(error)}", hint="this step was rolled back: correct the file and run the command again"
    )
