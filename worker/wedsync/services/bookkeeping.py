"""Records about sockets: open sockets, heartbeats, delivery counts. Always in batches."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wedsync.auth import TokenError
from wedsync.channels.hub import Deliveries
from wedsync.database import calls
from wedsync.database.connections import TRANSIENT, blames_values
from wedsync.database.writing import Progress, write_in_parts
from wedsync.logs import logger

log = logger("bookkeeping")

OPEN_SECONDS = 9.0
_CHECK_EVERY = 1.0
_GATHER_SECONDS = 0.05
_PINGS_EVERY = 30.0
_ACTIVITY_EVERY = 10.0
_KINDS_WAITING = 100_000
"""Counters kept while the database is unavailable; beyond that, new ones are dropped, because counts are not critical."""


class Bookkeeper:
    """Records of one node. `deliveries` returns and resets the deliveries per user."""

    def __init__(self, pool: Any, node: uuid.UUID, deliveries: Callable[[], Deliveries]) -> None:
        self.progress = Progress()
        self._pool = pool
        self._node = node
        self._deliveries = deliveries
        self._activity: Counter[tuple[str, str, str]] = Counter()
        self._closed: list[uuid.UUID] = []
        self._some_closed = asyncio.Event()
        self._alive: set[uuid.UUID] = set()
        self._writing_activity = asyncio.Lock()

    async def open(self, connection_id: uuid.UUID, claims: Mapping[str, Any], session: str | None) -> None:
        """Count a socket for the user of the claims. Raises `Refused`, and `TokenError` for claims that cannot be counted.

        While the database is unavailable, sockets are not counted: their joins are refused anyway, and those that were
        open before keep working.
        """
        # Other claims do not identify the user, and may contain text that the database cannot store.
        who = {name: claims.get(name) for name in ("sub", "role")}
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await calls.open_connection(self._pool, self._node, connection_id, json.dumps(who), session)
        except TRANSIENT as exc:
            if blames_values(exc):
                raise TokenError("MalformedJWT", "the claims hold what the database cannot store") from exc
            log.warning("open_not_counted", error=type(exc).__name__)

    def closed(self, connection_id: uuid.UUID) -> None:
        """A counted socket was closed."""
        self._closed.append(connection_id)
        self._some_closed.set()
        self._alive.discard(connection_id)

    def alive(self, connection_id: uuid.UUID) -> None:
        """A socket sent a heartbeat."""
        self._alive.add(connection_id)

    def count(self, user: str | None, topic: str, what: str, number: int = 1) -> None:
        """Something happened to a user on a topic (without prefix): subscribe, unsubscribe, refused, presence and so on."""
        if user is not None and (len(self._activity) < _KINDS_WAITING or (user, topic, what) in self._activity):
            self._activity[user, topic, what] += number

    async def run(self) -> None:
        """Write until cancelled; failed writes are retried."""
        pings_at = activity_at = time.monotonic()
        while True:
            await self._until_closed()
            now = time.monotonic()
            self.progress.begin()
            try:
                await self._write_closed()
                if now >= pings_at:
                    await self.write_pings()
                    pings_at = now + _PINGS_EVERY
                if now >= activity_at:
                    await self.write_activity()
                    activity_at = now + _ACTIVITY_EVERY
            except TRANSIENT as exc:
                log.warning("books_not_written", error=type(exc).__name__)
            else:
                self.progress.done()

    async def _until_closed(self) -> None:
        """Wait briefly for more closed sockets: clients that reconnect immediately should not count twice for long."""
        try:
            async with asyncio.timeout(_CHECK_EVERY):
                await self._some_closed.wait()
        except TimeoutError:
            return
        self._some_closed.clear()
        await asyncio.sleep(_GATHER_SECONDS)

    async def _write_closed(self) -> None:
        count = len(self._closed)
        if count:
            await calls.close_connections(self._pool, self._closed[:count])
            del self._closed[:count]

    async def write_pings(self) -> None:
        """Write heartbeats. If the driver raises an exception, they are kept."""
        alive = list(self._alive)
        if alive:
            await calls.note_pings(self._pool, alive)
            self._alive.difference_update(alive)

    async def write_activity(self) -> None:
        """Write counters. If the driver raises an exception, they are kept."""
        # Concurrent calls would write the same counters twice.
        async with self._writing_activity:
            for key, number in self._deliveries().items():
                self.count(*key, number)
            written = self._activity.copy()
            rows = [
                {"user_id": user, "topic": topic, "event_type": what, "count": number}
                for (user, topic, what), number in written.items()
            ]
            if rows:
                await write_in_parts(rows, self._record, _refused)
            # What was counted in the meantime stays.
            self._activity -= written

    async def _record(self, rows: Sequence[Mapping[str, object]]) -> None:
        await calls.record_activity(self._pool, rows)


def _refused(row: Mapping[str, object], exc: Exception) -> None:
    """Drop a count that the database rejects, because counts are not critical."""
    log.warning("activity_refused", event_type=str(row["event_type"]), sqlstate=getattr(exc, "sqlstate", None))
