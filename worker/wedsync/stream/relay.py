"""The relay: reads new events from PostgreSQL and hands them to the hub, each once, none left out.

The position is the text of a snapshot, so "new" means: visible now and not visible then. While the
relay drains it says so in the database, and writers do not ring. Before it sleeps it says that too,
looks once more, and keeps looking with growing pauses as long as a transaction of that moment runs,
because such a transaction may have seen the relay awake and will not ring.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wedsync.db import RETRIED, Backoff, Connection, connect, explained
from wedsync.errors import SchemaTooNew
from wedsync.logs import logger
from wedsync.stream.doorbell import Doorbell
from wedsync.stream.positions import Position, Trail

log = logger("relay")

LOOK_EVERY = 0.002
LINGER = 0.050
LONGEST_PAUSE = 1.0
TOUCH_EVERY = 5.0

_NEXT_FRAMES = """
select kind, group_id, subscription_id, couple_id, seq, payload
from wedsync_internal.next_frames($1, $2)
"""

Batch = Sequence[Any]
"""Rows of `next_frames`; the first is the cursor."""


def in_progress(cursor: str) -> frozenset[int]:
    """Transactions that were running when the snapshot `cursor` (`xmin:xmax:xip,...`) was taken."""
    running = cursor.rsplit(":", 1)[1]
    return frozenset(int(xid) for xid in running.split(",")) if running else frozenset()


class Relay:
    """Drains the event log for one node.

    `take` receives every batch and returns the number of event rows in it. `forget` is called with a
    connection and the epoch that was when the database no longer knows this node: all its subscriptions
    are gone. `safe` tells the position that every socket has confirmed. `breaking_version` is the highest
    breaking schema version that this code understands.
    """

    def __init__(
        self,
        dsn: str,
        node: uuid.UUID,
        doorbell: Doorbell,
        take: Callable[[Batch], Awaitable[int]],
        forget: Callable[[Connection, str], Awaitable[None]],
        safe: Callable[[], Position | None],
        *,
        breaking_version: int,
    ) -> None:
        self.ready = asyncio.Event()
        self.trail = Trail()
        self.events = 0
        self.found_by_poll = 0
        self.reconnects = 0
        self.wakes = 0
        self._dsn = dsn
        self._node = node
        self._doorbell = doorbell
        self._take = take
        self._forget = forget
        self._safe = safe
        self._breaking_version = breaking_version
        self._cursor: str | None = None
        self._epoch: str | None = None
        self._touch_at = 0.0
        self._looked_at = time.monotonic()

    @property
    def epoch(self) -> str | None:
        """Identity of the stream of events: another one after a restored backup, None before the first contact."""
        return self._epoch

    @property
    def silence(self) -> float:
        """Seconds since the event log was last read; a relay with nothing to do reads it every second."""
        return time.monotonic() - self._looked_at

    async def run(self) -> None:
        """Relay until cancelled, through lost connections and restarts of the database.

        Raises `SchemaTooNew` when the database was upgraded past this code.
        """
        backoff = Backoff()
        while True:
            try:
                connection = await connect(self._dsn, f"relay {self._node}")
                try:
                    await self._attach(connection)
                    backoff.reset()
                    await self._drain(connection)
                finally:
                    connection.terminate()
            except RETRIED as exc:
                if isinstance(exc, SchemaTooNew):
                    raise
                self.reconnects += 1
                log.warning("relay_lost", node=str(self._node), reason=explained(exc).message, error=type(exc).__name__)
            finally:
                self.ready.clear()
            await asyncio.sleep(backoff.pause())

    async def _attach(self, connection: Connection) -> None:
        """Go on where we were if the database still knows us, else begin anew."""
        known = self._cursor is not None and await self._touch(connection)
        if not known:
            await self._begin_anew(connection)
        row = await connection.fetchval(
            "select wedsync_internal.register_node($1, $2, $3)", self._node, socket.gethostname(), os.getpid()
        )
        answer = json.loads(row)
        version = int(answer["schema_breaking_version"])
        if version > self._breaking_version:
            raise SchemaTooNew(
                f"the database has breaking version {version}, this worker knows {self._breaking_version}",
                hint="upgrade the worker",
            )
        if answer["epoch"] != self._epoch:
            await self._begin_anew(connection)
        if self._cursor is None:
            self._cursor = str(answer["cursor"])
            self._epoch = str(answer["epoch"])
            self.trail.begin(self._cursor, time.monotonic())
        self._touch_at = time.monotonic() + TOUCH_EVERY
        self.ready.set()
        log.info("relay_attached", node=str(self._node), resumed=known)

    async def _begin_anew(self, connection: Connection) -> None:
        """Our side of what the database has lost goes too. When this fails it is tried again."""
        if self._cursor is not None and self._epoch is not None:
            log.warning("node_forgotten", node=str(self._node))
            await self._forget(connection, self._epoch)
            self._cursor = None

    async def _touch(self, connection: Connection) -> bool:
        self._touch_at = time.monotonic() + TOUCH_EVERY
        safe = self._safe() or self.trail.settled
        cursor = safe.cursor if safe is not None else None
        return bool(await connection.fetchval("select wedsync_internal.touch_node($1, $2)", self._node, cursor))

    async def _drain(self, connection: Connection) -> None:
        await self._awake(connection)
        while True:
            await self._asleep(connection)
            self.wakes += 1
            await self._awake(connection)

    async def _awake(self, connection: Connection) -> None:
        """Look every few milliseconds until nothing has come for a while."""
        await self._say(connection, awake=True)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < LINGER:
            if await self._look(connection):
                quiet_since = time.monotonic()
            else:
                await asyncio.sleep(LOOK_EVERY)

    async def _asleep(self, connection: Connection) -> None:
        """Return when something came. Until then the doorbell, or the clock, makes us look."""
        await self._say(connection, awake=False)
        self._doorbell.rung.clear()
        if await self._look(connection):
            return
        # Whoever ran at this moment may believe that we are awake.
        silent = self._running()
        pause = LOOK_EVERY
        while True:
            pause = min(pause * 2, LONGEST_PAUSE) if silent else LONGEST_PAUSE
            rang = await self._wait(pause)
            self._doorbell.rung.clear()
            if await self._look(connection):
                self.found_by_poll += not rang and not silent
                return
            if rang:
                # Perhaps a join: a transaction that is under way now did not see its audience, and will not ring for it.
                silent, pause = self._running(), LOOK_EVERY
            else:
                silent &= self._running()

    def _running(self) -> frozenset[int]:
        return in_progress(self._cursor) if self._cursor else frozenset()

    async def _wait(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._doorbell.rung.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _say(self, connection: Connection, *, awake: bool) -> None:
        await connection.execute("select wedsync_internal.set_node_awake($1, $2)", self._node, awake)

    async def _look(self, connection: Connection) -> int:
        """Read one batch, in one statement and so in one snapshot, and pass it on."""
        if time.monotonic() >= self._touch_at and not await self._touch(connection):
            raise ConnectionResetError("the database does not know this node any more")
        rows = await connection.fetch(_NEXT_FRAMES, self._node, self._cursor)
        if not rows or rows[0]["kind"] != "cursor":
            raise ValueError("next_frames did not begin with a cursor row")
        # The cursor moves only with the batch it belongs to: a batch that was read is handed over whole.
        self._cursor = str(rows[0]["payload"])
        count = await self._take(rows)
        self._looked_at = time.monotonic()
        self.trail.reach(self._cursor, self._looked_at)
        self.events += count
        return count
