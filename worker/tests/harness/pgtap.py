"""pgTAP files as pytest items: one item for each file and server.

A file begins and rolls back its own transaction. Its header `-- proves: F000-45, C-02` is recorded with the item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.pq import ExecStatus, TransactionStatus

from harness.database import Database
from harness.versions import ALL_MAJORS, PGTAP_SQL, missing

_PROVES = re.compile(r"^--\s*proves:\s*(.+)$", re.MULTILINE)
_TEST_LINE = re.compile(r"^(not )?ok (\d+)(.*)$")
_PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*skip\s*(.*))?$", re.IGNORECASE)


def proofs(text: str) -> list[str]:
    """Feature ids that a pgTAP file claims to prove."""
    return [word for line in _PROVES.findall(text) for word in re.split(r"[,\s]+", line.strip()) if word]


class TapFailure(Exception):
    """A pgTAP file failed; the text is what to show."""


class TapFile(pytest.File):
    """A .sql file below sql/tests."""

    def collect(self) -> Iterator[TapItem]:
        for major in self.config.option.pg or ALL_MAJORS:
            yield TapItem.from_parent(self, name=f"pg{major}", major=major)


class TapItem(pytest.Item):
    """One pgTAP file on one server."""

    def __init__(self, *, major: int, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.major = major
        for feature in proofs(self.path.read_text(encoding="utf-8")):
            self.user_properties.append(("proves", feature))

    def runtest(self) -> None:
        if reason := missing(self.major):
            pytest.skip(reason)
        if not PGTAP_SQL.exists():
            pytest.skip("pgTAP is not installed (postgresql-15-pgtap)")
        database: Database = self.config.stash[TAP_DATABASES].get(self.major)
        with _neighbour(database):
            lines = run_tap(database, self.path.read_text(encoding="utf-8"))
        check_tap(lines)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, TapFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)}::{self.name}"


# Other transactions keep ending while a file runs, as on any server in use: a test that counts on being alone fails at once.
_NEIGHBOUR = "do $$ begin loop perform pg_current_xact_id(); commit; perform pg_sleep(0.005); end loop; end $$"


@contextmanager
def _neighbour(database: Database) -> Iterator[None]:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        # ends by itself when this process is killed
        connection.execute("set client_connection_check_interval = '1s'")
        connection.pgconn.send_query(_NEIGHBOUR.encode())
        try:
            yield
        finally:
            connection.cancel()
            while connection.pgconn.get_result() is not None:
                pass


class TapDatabases:
    """One database with pgTAP for each server, shared by all files of this pytest worker: they all roll back."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._contexts = ExitStack()
        self._open: dict[int, Database] = {}

    def get(self, major: int) -> Database:
        if major not in self._open:
            from harness.plugin import SERVERS

            server = self._config.stash[SERVERS].get(major)
            self._open[major] = self._contexts.enter_context(server.database("wedsync_tap"))
        return self._open[major]

    def close(self) -> None:
        self._contexts.close()


TAP_DATABASES = pytest.StashKey[TapDatabases]()


def run_tap(database: Database, text: str) -> list[str]:
    """All TAP lines that the file prints, up to the first error, which ends the list as an `ERROR` line."""
    lines: list[str] = []
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute("set search_path = tap, pgtap, public")
        connection.execute("set client_min_messages = error")
        connection.execute("set statement_timeout = '120s'")
        raw = connection.pgconn
        raw.send_query(text.encode())
        while (result := raw.get_result()) is not None:
            if result.status == ExecStatus.TUPLES_OK and result.nfields:
                values = (result.get_value(row, 0) for row in range(result.ntuples))
                lines += [line for value in values if value for line in value.decode().splitlines()]
            elif result.status == ExecStatus.FATAL_ERROR:
                position = result.error_field(80)  # PG_DIAG_STATEMENT_POSITION
                where = f" (line {text.count(chr(10), 0, int(position)) + 1})" if position else ""
                lines.append(f"ERROR{where} {(result.error_message or b'').decode().strip()}")
        if connection.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.INERROR):
            lines.append("ERROR the file does not end with rollback")
    return lines


def check_tap(lines: list[str]) -> None:
    """Raise TapFailure unless there is a plan, every planned test ran once, and all of them passed."""
    problems: list[str] = []
    planned: int | None = None
    seen = 0
    failing = False
    for line in lines:
        if matched := _PLAN.match(line):
            planned = int(matched[1])
            if matched[2]:
                pytest.skip(matched[2])
        elif matched := _TEST_LINE.match(line):
            seen += 1
            failing = bool(matched[1]) and "# TODO" not in matched[3]
            if failing:
                problems.append(line)
            if int(matched[2]) != seen:
                problems.append(f"test {matched[2]} came as number {seen}")
        elif line.startswith("ERROR") or (failing and line.startswith("#")):
            problems.append(line)
    if planned is None:
        problems.append("there is no plan")
    elif planned != seen:
        problems.append(f"planned {planned} tests, ran {seen}")
    if planned == 0:
        problems.append("a file without tests proves nothing")
    if problems:
        raise TapFailure("\n".join(problems))
