"""The bus over NATS: for installations where the database shall not carry ephemeral messages.

A message is `{"broadcast": [...]}` or `{"presence": [...]}`; one that is too large for the broker travels in parts. SQL that
runs outside this worker (PostgREST, jobs) still writes rows, so those are read as well; only what workers send goes over
NATS. A broker that is away is waited for; what comes meanwhile waits too.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from wedsync.database.connections import Backoff
from wedsync.database.listener import Listener
from wedsync.logs import logger
from wedsync.services.broker import AWAY, Broker
from wedsync.services.bus import WAITING_BYTES, Bus, packets
from wedsync.services.bus_reader import Receive

log = logger("bus")

_PART = "part "
_PART_HEAD = 80
"""Bytes that the head of a part has at most."""


def parts(text: str, limit: int) -> Iterable[str]:
    """The messages of at most `limit` bytes that a text travels in; JSON text here is ASCII."""
    if len(text) <= limit:
        yield text
        return
    name, step = uuid.uuid4().hex, limit - _PART_HEAD
    starts = range(0, len(text), step)
    for number, start in enumerate(starts, 1):
        yield f"{_PART}{name} {number} {len(starts)} {text[start : start + step]}"


class OversizedPayloads:
    """Puts texts that came in parts together. Those of a sender come in order; what is not complete in time is dropped."""

    def __init__(self) -> None:
        self._begun: dict[str, list[str]] = {}
        self._size = 0

    def add(self, message: str) -> str | None:
        """The text that is complete with this message. Raises `ValueError` for what is no part."""
        if not message.startswith(_PART):
            return message
        _, name, number, count, piece = message.split(" ", 4)
        if number == "1":
            self._drop(name)
            self._begun[name] = []
        pieces = self._begun.get(name)
        if pieces is None or int(number) != len(pieces) + 1:
            self._drop(name)
            return None
        pieces.append(piece)
        self._size += len(piece)
        if int(number) == int(count):
            return "".join(self._drop(name))
        while self._size > WAITING_BYTES:
            self._drop(next(iter(self._begun)))
        return None

    def _drop(self, name: str) -> list[str]:
        pieces = self._begun.pop(name, [])
        self._size -= sum(map(len, pieces))
        return pieces


_EPOCH_SECONDS = 0.05
_CHECK_SECONDS = 1.0


class NatsBus(Bus):
    """One subject per database: `wedsync.bus.<epoch>`. `epoch` returns None until the database was reached."""

    sql_announces = False

    def __init__(self, broker: Broker, epoch: Callable[[], str | None], listener: Listener, pool: Any) -> None:
        super().__init__(pool, listener)
        self._broker = broker
        self._epoch = epoch
        self._oversized = OversizedPayloads()

    def listen(self, receive: Receive, missed: Callable[[], None]) -> None:
        """See `Bus`."""
        super().listen(receive, missed)
        self._receive = receive
        self._missed = missed
        self._broker.on_gap.append(missed)

    async def _carry(self) -> None:
        backoff = Backoff()
        subject: str | None = None
        while True:
            try:
                subject = await self._tune(subject)
                async with asyncio.timeout(_CHECK_SECONDS):
                    items = await self._outbox.tick()
            except TimeoutError:
                continue
            except AWAY as exc:
                await backoff.rest(exc, log, "bus_away")
                continue
            try:
                await self._publish(subject, items)
            except AWAY as exc:
                self._outbox.give_back(items)
                await backoff.rest(exc, log, "bus_away")
            else:
                self._sent()
                backoff.reset()

    async def _tune(self, tuned: str | None) -> str:
        """Subscribe to the subject of the database's present epoch; returns it."""
        while (epoch := self._epoch()) is None:  # noqa: ASYNC110 (who knows it does not tell)
            await asyncio.sleep(_EPOCH_SECONDS)
        subject = f"wedsync.bus.{epoch}"
        if subject != tuned:
            if tuned is not None:
                await self._broker.unsubscribe(tuned)
            await self._broker.subscribe(subject, self._open)
            self._missed()
        return subject

    async def _publish(self, subject: str, items: list[tuple[str, str]]) -> None:
        limit = self._broker.largest
        for text in packets(items, limit):
            for part in parts(text, limit):
                await self._broker.publish(subject, part.encode())

    def _open(self, data: bytes) -> None:
        try:
            text = self._oversized.add(data.decode(errors="replace"))
            message = json.loads(text) if text is not None else {}
        except (ValueError, RecursionError) as exc:
            # Whoever may publish there can send anything; nobody may end the bus by it.
            log.warning("bus_message_malformed", error=type(exc).__name__)
            return
        for kind, items in message.items() if isinstance(message, dict) else ():
            # What all processes are to do is asked of SQL, and stands in its rows.
            if kind in ("broadcast", "presence") and isinstance(items, list):
                self._receive(kind, items)
