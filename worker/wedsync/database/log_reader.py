"""Reading the event log: each event exactly once, without polling more often than needed.

The position is the text of a snapshot, so "new" means: visible now and not visible then. The reader sleeps, and writers notify
it of every change, as long as that does not make them wait for each other. Under load it stays awake, polls continuously, and
says so in the database; then nobody notifies. Before it sleeps again it says that too, polls once more, and keeps polling
with growing pauses, because a transaction of that moment may have seen the reader awake and will not notify.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wedsync.channels.snapshots import Snapshot
from wedsync.database import calls
from wedsync.database.connections import Connection
from wedsync.database.listener import Listener
from wedsync.database.pressure import Pressure
from wedsync.errors import WorkerError

POLL_EVERY = 0.002
LINGER = 0.050
LONGEST_PAUSE = 1.0
LATE_NOTIFICATION = 0.05
"""Seconds that a notification may take: events found by a timed poll may still be notified."""
DOUBT = 20.0
"""Seconds for which the listener is not trusted after a lost notification, until its next check has finished."""

Batch = Sequence[Any]
"""Rows of `next_frames`; the first is the cursor."""


class PollTooLong(WorkerError):
    """A poll took longer than its time-out."""


class LogReader:
    """Reads for one node, or with None for all followers.

    `asked_at` is when the last page was asked for, which the rows' ages count to, `polled_at` when the last poll ended.
    `prepare` is awaited before every page; what it raises ends the reading. `take` receives every page and returns the
    number of event rows in it. Who reads for many gets the first page of a poll only, with a last row of kind more where there
    are others: each of them then reads for itself.
    """

    def __init__(
        self,
        node: uuid.UUID | None,
        listener: Listener,
        prepare: Callable[[Connection], Awaitable[None]],
        take: Callable[[Batch], Awaitable[int]],
        *,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self.cursor: str | None = None
        self.found_by_poll = 0
        self.wakes = 0
        self.asked_at = self.polled_at = time.monotonic()
        self._node = node
        self._listener = listener
        self._prepare = prepare
        self._take = take
        self._longest_pause = longest_pause
        self._pressure = Pressure()
        self._doubted_until = 0.0

    async def drain(self, connection: Connection) -> None:
        """Read until something fails."""
        await self._listener.attach(connection)
        while True:
            await self._awake(connection)
            await self._asleep(connection)
            self.wakes += 1

    async def poll(self, connection: Connection) -> int:
        """Read what is new in one snapshot, page by page, and pass it on. Raises `PollTooLong`."""
        found, place = 0, self.cursor
        while True:
            await self._prepare(connection)
            rows = await self._page(connection, place)
            is_last = rows[-1]["kind"] != "more"
            if is_last or self._node is None:
                # The cursor advances only with the last page, which is handed over completely.
                self.cursor = str(rows[0]["payload"])
                return found + await self._take(rows)
            found += await self._take(rows[:-1])
            place = str(rows[-1]["payload"])

    async def _page(self, connection: Connection, place: str | None) -> Batch:
        self.asked_at = time.monotonic()
        try:
            rows: Batch = await calls.next_frames(connection, self._node, place)
        except TimeoutError as exc:
            raise PollTooLong("the news of the log were not ready in time") from exc
        if not rows or rows[0]["kind"] != "cursor":
            raise ValueError("next_frames did not begin with a cursor row")
        self.polled_at = time.monotonic()
        # each of these transactions has notified, or would have
        self._pressure.note(self.polled_at, len({row["xid"] for row in rows if row["xid"] is not None}))
        return rows

    async def _awake(self, connection: Connection) -> None:
        """Poll continuously under load or, where notifications are not to be trusted, while something keeps coming."""
        await self._say(connection, awake=True)
        came_at = time.monotonic()
        while self._pressure.high or (not self._trusts_listener() and time.monotonic() - came_at < LINGER):
            if await self.poll(connection):
                came_at = time.monotonic()
            # the full interval even if polls are fast: events that share a poll share its cost, and writers keep the CPUs
            await asyncio.sleep(POLL_EVERY)

    async def _asleep(self, connection: Connection) -> None:
        """Poll when notified, or on a timer. Return when it is better to stay awake."""
        await self._say(connection, awake=False)
        self._listener.notified.clear()
        await self.poll(connection)
        # Concurrent transactions may have seen us awake.
        silent, pause = self._running(), POLL_EVERY
        while not self._pressure.high:
            pause = min(pause * 2, self._longest_pause)
            notified = await self._wait(pause)
            self._listener.notified.clear()
            found = await self.poll(connection)
            if notified and not found:
                # meant for another node, but still a notification
                self._pressure.note(self.polled_at, 1)
            if self._pressure.due:
                self._pressure.measured(time.monotonic(), *await calls.notify_load(connection))
            if notified:
                if not self._trusts_listener():
                    return
                # Perhaps a join: transactions in progress have not seen its group, and will not notify it.
                silent = self._running()
                pause = POLL_EVERY if silent or not found else self._longest_pause
            elif found and not silent and pause == self._longest_pause:
                if not await self._wait(LATE_NOTIFICATION):
                    self.found_by_poll += 1
                    self._doubted_until = time.monotonic() + DOUBT
                    return
            else:
                silent &= self._running()
                if found:
                    pause = POLL_EVERY

    def _trusts_listener(self) -> bool:
        return self._listener.receives and time.monotonic() >= self._doubted_until

    def _running(self) -> frozenset[int]:
        return Snapshot.parse(self.cursor).running if self.cursor else frozenset()

    async def _wait(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._listener.notified.wait()
        except TimeoutError:
            # both at once if the process was delayed
            return self._listener.notified.is_set()
        return True

    async def _say(self, connection: Connection, *, awake: bool) -> None:
        await calls.set_node_awake(connection, self._node, awake=awake)
