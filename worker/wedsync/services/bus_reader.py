"""Reading the bus: rows of the database, each read once by every process.

The position is a snapshot, like that of the event log, so lost notifications and connections lose nothing. A
notification only means that it is time to poll.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from itertools import groupby
from typing import Any

from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff
from wedsync.database.listener import Listener
from wedsync.database.writing import Progress
from wedsync.logs import logger

log = logger("bus")

POLL_EVERY = 0.002
"""Minimum time between two polls in seconds, regardless of the number of notifications."""
EMPTY_POLL_EVERY = 0.02
"""The same while polls find nothing."""
LONGEST_PAUSE = 1.0
KEPT_SECONDS = 25.0
"""Longer than the database keeps messages."""


Receive = Callable[[str, list[Any]], None]
"""Called with the kind and the items of messages in order, including those of this process."""


class BusReader:
    """Passes on messages of all processes. `missed` is called when messages may be missing, also at the start."""

    def __init__(self, pool: Any, listener: Listener, receive: Receive, missed: Callable[[], None]) -> None:
        self.progress = Progress()
        self.polls = 0
        self._pool = pool
        self._notified = listener.bus_notified
        self._receive = receive
        self._missed = missed
        self._cursor: str | None = None
        self._polled_at = 0.0

    def begin_anew(self) -> None:
        """The database may be another one, or restored: earlier positions are invalid."""
        self._cursor = None
        self._notified.set()

    async def run(self) -> None:
        """Poll when notified, and every second, until cancelled."""
        backoff, pause = Backoff(), POLL_EVERY
        while True:
            try:
                async with asyncio.timeout(LONGEST_PAUSE):
                    await self._notified.wait()
            except TimeoutError:
                pause = POLL_EVERY
            self._notified.clear()
            self.progress.begin()
            try:
                found = await self._poll()
            except RETRIED as exc:
                await backoff.rest(exc, log, "bus_unreadable")
                self._notified.set()
                continue
            self.progress.done()
            backoff.reset()
            pause = POLL_EVERY if found else min(pause * 2, EMPTY_POLL_EVERY)
            await asyncio.sleep(pause)

    async def _poll(self) -> int:
        """Read new messages, page by page. Returns their number."""
        self.polls += 1
        count, kind = 0, "more"
        while kind == "more":
            cursor, began = self._cursor, time.monotonic()
            *rows, (kind, place) = await calls.next_bus_messages(self._pool, cursor)
            if self._cursor != cursor:
                # restarted in the meantime
                return count
            self._cursor = place
            if cursor is None or began - self._polled_at > KEPT_SECONDS:
                self._missed()
            self._polled_at = began
            self._pass_on(rows)
            count += len(rows)
        return count

    def _pass_on(self, rows: list[tuple[str, str]]) -> None:
        for kind, some in groupby(rows, key=lambda row: row[0]):
            self._receive(kind, [item for _, text in some if (item := read_item(text)) is not None])


def read_item(text: str) -> Any:
    """The value of JSON text, or None if it is invalid."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        log.warning("bus_message_malformed", error=type(exc).__name__)
        return None
