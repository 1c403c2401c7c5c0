"""The bus: ephemeral messages between the processes of the worker, over rows of the database by default.

An item is a JSON object of a kind: broadcast, presence, replaced. Items sent within one tick are batched. Nothing is
kept for long, so a process that was disconnected is told that messages may be missing, and repairs its state.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff
from wedsync.database.listener import Listener
from wedsync.database.writing import Progress, write_in_parts
from wedsync.logs import logger
from wedsync.services.bus_reader import BusReader, Receive

log = logger("bus")

TICK_SECONDS = 0.010
WAITING_BYTES = 64_000_000
"""Limit of pending items while the bus is down; beyond that, the oldest are dropped."""
_BATCH_BYTES = 1_000_000

Item = Mapping[str, object]


class Outbox:
    """Items waiting for the next tick, as JSON texts of a kind. Beyond the limit, the oldest are dropped and counted."""

    def __init__(self) -> None:
        self.dropped = 0
        self._texts: deque[tuple[str, str]] = deque()
        self._size = 0
        self._some = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._texts)

    def add(self, kind: str, item: Item) -> None:
        """Add an item."""
        text = json.dumps(item, separators=(",", ":"))
        self._texts.append((kind, text))
        self._size += len(text)
        while self._size > WAITING_BYTES and len(self._texts) > 1:
            self._size -= len(self._texts.popleft()[1])
            self.dropped += 1
        self._some.set()

    def give_back(self, items: Sequence[tuple[str, str]]) -> None:
        """Put unsent items back in front."""
        self._texts.extendleft(reversed(items))
        self._size += sum(len(text) for _, text in items)
        self._some.set()

    async def tick(self) -> list[tuple[str, str]]:
        """Wait for items, and briefly for more; returns (kind, JSON text) pairs in order."""
        await self._some.wait()
        await asyncio.sleep(TICK_SECONDS)
        self._some.clear()
        items = list(self._texts)
        self._texts.clear()
        self._size = 0
        return items


def first_of(items: Sequence[tuple[str, str]], limit: int) -> Sequence[tuple[str, str]]:
    """The first items, of at most `limit` bytes in total, but at least one."""
    size = 0
    for count, (_, text) in enumerate(items):
        size += len(text)
        if count and size > limit:
            return items[:count]
    return items


def packets(items: Iterable[tuple[str, str]], limit: int) -> Iterable[str]:
    """Messages of at most `limit` bytes, if items allow it; JSON text here is ASCII."""
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


class Bus(ABC):
    """A bus sends pending items in ticks, and receives messages from rows of the database.

    `sql_announces`: SQL sends presence changes to the bus itself; otherwise the caller has to. `progress`
    are the parts of the work by name.
    """

    sql_announces = True

    def __init__(self, pool: Any, listener: Listener) -> None:
        self._pool = pool
        self._listener = listener
        self._outbox = Outbox()
        self._sending = Progress()
        self._reader: BusReader

    @property
    def dropped(self) -> int:
        """Items lost because the bus was down for too long."""
        return self._outbox.dropped

    @property
    def progress(self) -> Mapping[str, Progress]:
        """Whether it sends, and reads."""
        return {"bus": self._sending, "bus reader": self._reader.progress}

    def listen(self, receive: Receive, missed: Callable[[], None]) -> None:
        """Set the callbacks for messages and gaps. Call before `run`."""
        self._reader = BusReader(self._pool, self._listener, receive, missed)

    def send(self, kind: str, item: Item) -> None:
        """Send soon, in order."""
        self._sending.begin()
        self._outbox.add(kind, item)

    def begin_anew(self) -> None:
        """The database lost its rows: read from now on."""
        self._reader.begin_anew()

    def _sent(self) -> None:
        """A tick was sent; later items start a new one."""
        self._sending.done()
        if self._outbox:
            self._sending.begin()

    async def run(self) -> None:
        """Transport messages until cancelled, across reconnects."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._reader.run())
            tasks.create_task(self._carry())

    @abstractmethod
    async def _carry(self) -> None:
        """Send the outbox until cancelled."""


class PostgresBus(Bus):
    """Rows of the database, one statement per tick and megabyte."""

    async def _carry(self) -> None:
        backoff = Backoff()
        while True:
            items = await self._outbox.tick()
            try:
                while items:
                    batch = first_of(items, _BATCH_BYTES)
                    await write_in_parts(batch, self._put, _refused)
                    del items[: len(batch)]
            except RETRIED as exc:
                self._outbox.give_back(items)
                await backoff.rest(exc, log, "bus_away")
            else:
                self._sent()
                backoff.reset()

    async def _put(self, items: Sequence[tuple[str, str]]) -> None:
        kinds, texts = zip(*items, strict=True)
        await calls.put_bus_messages(self._pool, kinds, texts)


def _refused(item: tuple[str, str], exc: Exception) -> None:
    log.error("bus_message_refused", kind=item[0], bytes=len(item[1]), sqlstate=getattr(exc, "sqlstate", None))
