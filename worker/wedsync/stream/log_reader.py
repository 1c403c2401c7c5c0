"""Reading the event log: each event once, none left out, without asking more often than needed.

The position is the text of a snapshot, so "new" means: visible now and not visible then. While a
reader drains it says so in the database, and writers do not ring. Before it sleeps it says that too,
looks once more, and keeps looking with growing pauses as long as a transaction of that moment runs,
because such a transaction may have seen the reader awake and will not ring.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wedsync.db import Connection
from wedsync.stream.doorbell import Doorbell
from wedsync.stream.snapshots import Snapshot

LOOK_EVERY = 0.002
LINGER = 0.050
LONGEST_PAUSE = 1.0

_NEXT_FRAMES = """
select kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid
from wedsync_internal.next_frames($1, $2)
"""

Batch = Sequence[Any]
"""Rows of `next_frames`; the first is the cursor."""


class LogReader:
    """Reads for one node, or with None for all that are fed.

    `prepare` is awaited before every look; what it raises ends the reading. `take` receives every batch and returns the
    number of event rows in it.
    """

    def __init__(
        self,
        node: uuid.UUID | None,
        doorbell: Doorbell,
        prepare: Callable[[Connection], Awaitable[None]],
        take: Callable[[Batch], Awaitable[int]],
        *,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self.cursor: str | None = None
        self.found_by_poll = 0
        self.wakes = 0
        self.looked_at = time.monotonic()
        self._node = node
        self._doorbell = doorbell
        self._prepare = prepare
        self._take = take
        self._longest_pause = longest_pause

    async def drain(self, connection: Connection) -> None:
        """Read until something fails."""
        await self._awake(connection)
        while True:
            await self._asleep(connection)
            self.wakes += 1
            await self._awake(connection)

    async def look(self, connection: Connection) -> int:
        """Read one batch, in one statement and so in one snapshot, and pass it on."""
        await self._prepare(connection)
        rows = await connection.fetch(_NEXT_FRAMES, self._node, self.cursor)
        if not rows or rows[0]["kind"] != "cursor":
            raise ValueError("next_frames did not begin with a cursor row")
        # The cursor moves only with the batch it belongs to: a batch that was read is handed over whole.
        self.cursor = str(rows[0]["payload"])
        self.looked_at = time.monotonic()
        return await self._take(rows)

    async def _awake(self, connection: Connection) -> None:
        """Look every few milliseconds until nothing has come for a while."""
        await self._say(connection, awake=True)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < LINGER:
            if await self.look(connection):
                quiet_since = time.monotonic()
            else:
                await asyncio.sleep(LOOK_EVERY)

    async def _asleep(self, connection: Connection) -> None:
        """Return when something came. Until then the doorbell, or the clock, makes us look."""
        await self._say(connection, awake=False)
        self._doorbell.rung.clear()
        if await self.look(connection):
            return
        # Whoever ran at this moment may believe that we are awake.
        silent = self._running()
        pause = LOOK_EVERY
        while True:
            pause = min(pause * 2, self._longest_pause) if silent else self._longest_pause
            rang = await self._wait(pause)
            self._doorbell.rung.clear()
            if await self.look(connection):
                self.found_by_poll += not rang and not silent
                return
            if rang:
                # Perhaps a join: a transaction that is under way now did not see its audience, and will not ring for it.
                silent, pause = self._running(), LOOK_EVERY
            else:
                silent &= self._running()

    def _running(self) -> frozenset[int]:
        return Snapshot.parse(self.cursor).running if self.cursor else frozenset()

    async def _wait(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._doorbell.rung.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _say(self, connection: Connection, *, awake: bool) -> None:
        await connection.execute("select wedsync_internal.set_node_awake($1, $2)", self._node, awake)
