"""The bus: ephemeral messages between the processes of the worker, over the doorbell's session by default.

A message is `{"broadcast": [...]}` or `{"presence": [...]}` with items of JSON values. What is sent within one tick
travels together. Nothing is stored, so whoever was away is told that it may have missed something, and repairs that.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wedsync.db import RETRIED, Backoff
from wedsync.logs import logger
from wedsync.stream.doorbell import Doorbell

log = logger("bus")

TICK_SECONDS = 0.010
WAITING_BYTES = 64_000_000
"""How much may wait for a bus that is away, or for the database to hand over parcels; beyond that the oldest go."""
_NOTIFICATION_BYTES = 7_800

Item = Mapping[str, object]
Hear = Callable[[str, list[Any]], None]
"""Called with the kind and the items of each message, this process's own included."""


class Parcels:
    """Messages too large for the wire, kept in the database for half a minute."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def put(self, text: str) -> str:
        """Keep a message; returns the message that names it."""
        number = await self._pool.fetchval("select wedsync_internal.bus_put($1)", text)
        return json.dumps({"fetch": [number]})

    async def get(self, ids: Sequence[int]) -> list[str]:
        """Messages by their ids."""
        rows = await self._pool.fetch("select payload from wedsync_internal.bus_get($1)", list(ids))
        if len(rows) < len(ids):
            log.warning("parcels_missing", wanted=len(ids), found=len(rows))
        return [row["payload"] for row in rows]


class Backlog:
    """Texts of a kind, in order. The oldest are dropped, and counted, when they are too much."""

    def __init__(self) -> None:
        self.dropped = 0
        self._texts: deque[tuple[str, str]] = deque()
        self._size = 0

    def add(self, kind: str, text: str) -> None:
        """Add at the end."""
        self._texts.append((kind, text))
        self._size += len(text)
        while self._size > WAITING_BYTES and len(self._texts) > 1:
            self.pop()
            self.dropped += 1

    def put_back(self, texts: Sequence[tuple[str, str]]) -> None:
        """Add at the front what was taken from there."""
        self._texts.extendleft(reversed(texts))
        self._size += sum(len(text) for _, text in texts)

    def pop(self) -> tuple[str, str]:
        """Take the first."""
        kind, text = self._texts.popleft()
        self._size -= len(text)
        return kind, text

    def __len__(self) -> int:
        return len(self._texts)


class Outbox:
    """Items waiting for the next tick."""

    def __init__(self) -> None:
        self._backlog = Backlog()
        self._some = asyncio.Event()

    @property
    def dropped(self) -> int:
        """Items that did not fit."""
        return self._backlog.dropped

    def add(self, kind: str, item: Item) -> None:
        """Add an item."""
        self._backlog.add(kind, json.dumps(item, separators=(",", ":")))
        self._some.set()

    def give_back(self, items: Sequence[tuple[str, str]]) -> None:
        """What could not be sent goes before everything else."""
        self._backlog.put_back(items)
        self._some.set()

    async def tick(self) -> list[tuple[str, str]]:
        """Wait for items, and a moment for more to join them; returns (kind, JSON text) pairs in order."""
        await self._some.wait()
        await asyncio.sleep(TICK_SECONDS)
        self._some.clear()
        return [self._backlog.pop() for _ in range(len(self._backlog))]


def packets(items: Iterable[tuple[str, str]], limit: int) -> Iterable[str]:
    """Messages of at most `limit` bytes where an item allows it; JSON text here is ASCII."""
    kind, batch, size = "", list[str](), 0
    for item_kind, text in items:
        if batch and (item_kind != kind or size + len(text) + 1 > limit):
            yield _packet(kind, batch)
            batch = []
        if not batch:
            kind, size = item_kind, len(item_kind) + 7
        batch.append(text)
        size += len(text) + 1
    if batch:
        yield _packet(kind, batch)


def _packet(kind: str, batch: list[str]) -> str:
    return f'{{"{kind}":[{",".join(batch)}]}}'


class Inbox:
    """Messages in the order of their arrival; one that has to be fetched holds up those behind it."""

    def __init__(self, parcels: Parcels, hear: Hear) -> None:
        self._parcels = parcels
        self._hear = hear
        self._backlog = Backlog()
        self._some = asyncio.Event()

    def add(self, text: str) -> None:
        """A message came."""
        self._backlog.add("", text)
        self._some.set()

    async def run(self) -> None:
        """Pass messages on until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            while self._backlog:
                await self._open(self._backlog.pop()[1])

    async def _open(self, text: str) -> None:
        try:
            message = json.loads(text)
            fetch = message.pop("fetch", None)
            for kind, items in message.items():
                self._hear(kind, items)
            if fetch:
                for parcel in await self._parcels.get(fetch):
                    await self._open(parcel)
        except RETRIED as exc:
            log.warning("parcels_lost", error=type(exc).__name__)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as exc:
            # Whoever may NOTIFY can write there; nobody may end the bus by it.
            log.warning("bus_message_malformed", error=type(exc).__name__)


class Bus(ABC):
    """A bus sends what waits tick by tick, and hears on the doorbell's session what SQL tells.

    `sql_announces`: SQL tells the bus of changes of presence by itself; otherwise the caller of SQL has to.
    """

    sql_announces = True

    def __init__(self, doorbell: Doorbell, parcels: Parcels) -> None:
        self._doorbell = doorbell
        self._parcels = parcels
        self._outbox = Outbox()

    @property
    def dropped(self) -> int:
        """Items lost because the bus was away for too long."""
        return self._outbox.dropped

    def listen(self, hear: Hear, missed: Callable[[], None]) -> None:
        """Set who is told of messages, and of gaps. Call before `run`."""
        self._inbox = Inbox(self._parcels, hear)
        self._doorbell.on_bus = self._inbox.add
        self._doorbell.on_gap = missed

    def send(self, kind: str, item: Item) -> None:
        """Send soon, in order."""
        self._outbox.add(kind, item)

    async def run(self) -> None:
        """Carry messages until cancelled, through lost connections."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._inbox.run())
            tasks.create_task(self._carry())

    @abstractmethod
    async def _carry(self) -> None:
        """Send what the outbox holds, until cancelled."""


class PostgresBus(Bus):
    """NOTIFY on the doorbell's session, one transaction per tick."""

    async def _carry(self) -> None:
        backoff = Backoff(longest=1.0)
        while True:
            items = await self._outbox.tick()
            try:
                texts = [
                    text if len(text) <= _NOTIFICATION_BYTES else await self._parcels.put(text)
                    for text in packets(items, _NOTIFICATION_BYTES)
                ]
                await self._doorbell.notify_bus(texts)
            except RETRIED as exc:
                log.warning("bus_away", error=type(exc).__name__)
                self._outbox.give_back(items)
                await asyncio.sleep(backoff.pause())
            else:
                backoff.reset()
