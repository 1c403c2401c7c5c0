"""Reading the bus: rows of the database that all processes see, each read once.

The position is a snapshot, as that of the event log, so a lost notification or a lost connection loses nothing. Whoever
notifies says no more than that it is time to poll.
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
"""Shortest time between two polls in seconds, however many notify."""
EMPTY_POLL_EVERY = 0.02
"""The same while notifications bring nothing."""
LONGEST_PAUSE = 1.0
KEPT_SECONDS = 25.0
"""For less time than that the database keeps messages."""


Receive = Callable[[str, list[Any]], None]
"""Called with the kind and the items of messages in order, this process's own included."""


class BusReader:
    """Passes on what all processes send. `missed` is called when something may be missing, at the start too."""

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
        """The database may be another one, or of an earlier time: positions of before mean nothing."""
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
        """Read what is new, page by page. Returns how many messages that were."""
        self.polls += 1
        count, kind = 0, "more"
        while kind == "more":
            cursor, began = self._cursor, time.monotonic()
            *rows, (kind, place) = await calls.next_bus_messages(self._pool, cursor)
            if self._cursor != cursor:
                # begun anew meanwhile
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
    """The value in JSON text, or None for what is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        log.warning("bus_message_malformed", error=type(exc).__name__)
        return None
