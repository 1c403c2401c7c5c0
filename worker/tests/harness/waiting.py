"""Calls that wait for a lock, in tests of what happens meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

from harness.database import Database

_WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and (wait_event_type = 'Lock' or wait_event = 'PgSleep') and pid <> pg_backend_pid()
"""


class Writer(threading.Thread):
    """A call in the background; `failure` is its SQLSTATE or None."""

    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__()
        self._call = call
        self.failure: str | None = None

    def run(self) -> None:
        try:
            self._call()
        except psycopg.Error as exc:
            self.failure = exc.sqlstate


def start_and_wait(database: Database, call: Callable[[], object], waiting: int = 1) -> Writer:
    """Start a writer and return when `waiting` sessions wait for locks."""
    writer = Writer(call)
    writer.start()
    deadline = time.monotonic() + 20
    while database.value(_WAITING) < waiting:
        assert time.monotonic() < deadline, f"{writer.failure=}"
        time.sleep(0.01)
    return writer


@contextmanager
def lock_held(database: Database, couple: UUID | str) -> Iterator[psycopg.Connection]:
    """The wedding's lock, until the end of the block."""
    with psycopg.connect(database.dsn) as holder:
        holder.execute("select from wedsync_data.wedding_clocks where couple_id = %s for update", (couple,))
        yield holder
