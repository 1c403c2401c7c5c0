"""The relay: delivers new events to the hub of one node, each exactly once.

By default it reads the log itself. A node that is fed gets its frames from the leader, and reads the log only where what
it is sent does not join on to what it has, or when nobody sends anything.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from wedsync.channels.positions import Checkpoints, Position
from wedsync.channels.snapshots import Snapshot
from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff, Connection, connect, explained
from wedsync.database.listener import Listener
from wedsync.database.log_reader import Batch, LogReader, PollTooLong
from wedsync.errors import SchemaTooNew
from wedsync.logs import logger
from wedsync.metrics import delays

if TYPE_CHECKING:
    # Needs the extra `nats`.
    from wedsync.services.feed import Feed, FrameBatch

log = logger("relay")

TOUCH_EVERY = 5.0
ANSWERED_WITHIN = 3.0
"""Seconds within which a healthy socket confirms what it was sent."""
SILENT_AFTER = 1.0
"""Seconds without a word from the leader, who speaks twice a second, after which a fed node reads the log itself."""
READ_ALONE_EVERY = 0.25


class Relay:
    """Receives new events for one node.

    `take` receives every batch and returns the number of event rows in it. `forget` is called with a
    connection and the epoch that was when the database no longer knows this node: all its subscriptions
    are gone. `hold` is called with a position, notes which sockets have not confirmed it, and returns what
    can be called safe; `health` returns what `touch_node` keeps of the process. `breaking_version` is the
    highest breaking schema version that this code understands. With a `feed` the node is fed; `fed` tells
    whether it is just now.
    """

    def __init__(
        self,
        dsn: str,
        node: uuid.UUID,
        listener: Listener,
        take: Callable[[Batch], Awaitable[int]],
        forget: Callable[[Connection, str], Awaitable[None]],
        hold: Callable[[Connection, Position], Awaitable[Position]],
        health: Callable[[], Mapping[str, object]],
        *,
        breaking_version: int,
        feed: Feed | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self.checkpoints = Checkpoints()
        self.delays = delays("commit_to_socket_seconds")
        self.events = 0
        self.fed = False
        self.read_alone = 0
        self.reconnects = 0
        self.reader = LogReader(node, listener, self._touch_in_time, self._pass_on)
        self._dsn = dsn
        self._node = node
        self._take = take
        self._forget = forget
        self._hold = hold
        self._floor: Position | None = None
        self._health = health
        self._breaking_version = breaking_version
        self._feed = feed
        self._epoch: str | None = None
        self._too_long_at: str | None = None
        self._gives_up = False
        self._touch_at = 0.0

    @property
    def epoch(self) -> str | None:
        """The stream epoch: changes after a restore; None before the first connection."""
        return self._epoch

    @property
    def silence(self) -> float:
        """Seconds since the event log was last read for this node; when idle, it is read every second."""
        return time.monotonic() - self.reader.polled_at

    async def run(self) -> None:
        """Relay until cancelled, across lost connections and restarts of the database.

        Raises `SchemaTooNew` if the database has a newer breaking version.
        """
        backoff = Backoff()
        while True:
            try:
                connection = await connect(self._dsn, f"relay {self._node}")
                try:
                    await self._attach(connection)
                    backoff.reset()
                    if self._feed is None:
                        await self.reader.drain(connection)
                    else:
                        await self._follow(connection, self._feed)
                finally:
                    connection.terminate()
            except RETRIED as exc:
                if isinstance(exc, SchemaTooNew):
                    raise
                self.reconnects += 1
                self._note_too_long(exc)
                if backoff.is_news(exc):
                    log.warning(
                        "relay_lost", node=str(self._node), reason=explained(exc).message, error=type(exc).__name__
                    )
            finally:
                self.ready.clear()
            await asyncio.sleep(backoff.pause())

    async def _attach(self, connection: Connection) -> None:
        """Continue from our position if the database still knows us, otherwise start over."""
        known = self.reader.cursor is not None and not self._gives_up and await self._touch(connection)
        if not known:
            await self._begin_anew(connection)
        answer = await self._register(connection)
        if answer["epoch"] != self._epoch and self.reader.cursor is not None:
            # This also removes the node from the database.
            await self._begin_anew(connection)
            answer = await self._register(connection)
        if self.reader.cursor is None:
            self.reader.cursor = str(answer["cursor"])
            self._epoch = str(answer["epoch"])
            self.checkpoints.begin(self.reader.cursor, time.monotonic())
            self._floor = None
            self._gives_up = False
        if self._feed is not None:
            await self._feed.tune(str(answer["incarnation"]))
        self._touch_at = time.monotonic() + TOUCH_EVERY
        self.ready.set()
        log.info("relay_attached", node=str(self._node), resumed=known)

    async def _register(self, connection: Connection) -> dict[str, Any]:
        """Register the node. Raises `SchemaTooNew`."""
        settled = self.checkpoints.on_disk
        safe = settled.cursor if settled is not None else None
        answer = await calls.register_node(connection, self._node, self._epoch, safe, is_fed=self._feed is not None)
        version = int(answer["schema_breaking_version"])
        if version > self._breaking_version:
            raise SchemaTooNew(
                f"the database has breaking version {version}, this worker knows {self._breaking_version}",
                hint="upgrade the worker",
            )
        return answer

    async def _begin_anew(self, connection: Connection) -> None:
        """Drop our side of what the database has lost. Retried on failure."""
        if self.reader.cursor is not None and self._epoch is not None:
            log.warning("node_forgotten", node=str(self._node))
            await self._forget(connection, self._epoch)
            self.reader.cursor = None

    def _note_too_long(self, exc: Exception) -> None:
        """What cannot be read at once for all would never be: at the second time each client makes it up for itself."""
        if isinstance(exc, PollTooLong):
            self._gives_up = self._too_long_at == self.reader.cursor
            self._too_long_at = self.reader.cursor

    async def _touch(self, connection: Connection) -> bool:
        self._touch_at = time.monotonic() + TOUCH_EVERY
        floor, self._floor = self._floor, None
        cursor = (await self._hold(connection, floor)).cursor if floor is not None else None
        return await calls.touch_node(connection, self._node, cursor, self._health())

    async def _touch_in_time(self, connection: Connection) -> None:
        now = time.monotonic()
        if self._floor is None and now >= self._touch_at - ANSWERED_WITHIN:
            # By the time it is written, responsive clients have confirmed it.
            self._floor = self.checkpoints.settled
        if now >= self._touch_at and not await self._touch(connection):
            raise ConnectionResetError("the database no longer knows this node")

    async def _pass_on(self, rows: Batch, asked_at: float | None = None) -> int:
        """Hand over a batch whose ages count to `asked_at`, by default to the beginning of the last poll."""
        count = await self._take(rows)
        passed = time.monotonic() - (self.reader.asked_at if asked_at is None else asked_at)
        # Each transaction once, when its frames are queued for the last socket.
        for age in {row["xid"]: row["age"] for row in rows if row["age"] is not None}.values():
            self.delays.observe(age + passed)
        self.checkpoints.reach(str(self.reader.cursor), time.monotonic())
        self.events += count
        return count

    async def _follow(self, connection: Connection, feed: Feed) -> None:
        """Take what the leader sends; whatever is in doubt is read from the log."""
        try:
            while True:
                batch = await feed.next(SILENT_AFTER if self.fed else 0)
                while batch is None:
                    self.fed = False
                    await self._read_alone(connection)
                    batch = await feed.next(READ_ALONE_EVERY)
                await self._touch_in_time(connection)
                await self._digest(connection, batch)
                self.fed = True
        finally:
            self.fed = False

    async def _digest(self, connection: Connection, batch: FrameBatch) -> None:
        self.reader.polled_at = arrived = time.monotonic()
        position, end = Snapshot.parse(str(self.reader.cursor)), Snapshot.parse(batch.until)
        if position.includes(end):
            # Also batches sent before we read the log ourselves.
            return
        if batch.rows is None or not position.includes(Snapshot.parse(batch.since)):
            await self._read_alone(connection)
            return
        self.reader.cursor = batch.until
        news = [row for row in batch.rows if row["xid"] is None or not position.sees(row["xid"])]
        await self._pass_on(news, arrived)

    async def _read_alone(self, connection: Connection) -> None:
        self.read_alone += 1
        await self.reader.poll(connection)
