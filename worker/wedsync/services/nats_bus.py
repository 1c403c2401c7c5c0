"""The bus over NATS, to keep ephemeral messages off the database.

A message is `{"broadcast": [...]}` or `{"presence": [...]}`; if too large for the broker, it is split into parts. SQL that
runs outside this worker (PostgREST, jobs) still writes rows, so those are read as well; only what workers send goes over
NATS. The worker reconnects to the broker automatically; messages are queued in the meantime.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from wedsync.database.connections import Backoff
from wedsync.database.listener import Listener
from wedsync.logs import logger
from wedsync.services.broker import AWAY, Broker
from wedsync.services.bus import Bus, packets
from wedsync.services.bus_reader import Receive, read_item

log = logger("bus")

_EPOCH_SECONDS = 0.05
_CHECK_SECONDS = 1.0


class NatsBus(Bus):
    """One subject per database: `wedsync.bus.<epoch>`. `epoch` returns None until the database was reached."""

    sql_announces = False

    def __init__(self, broker: Broker, epoch: Callable[[], str | None], listener: Listener, pool: Any) -> None:
        super().__init__(pool, listener)
        self._broker = broker
        self._epoch = epoch

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
        for text in packets(items, self._broker.largest):
            await self._broker.publish(subject, text.encode())

    def _open(self, data: bytes) -> None:
        message = read_item(data.decode(errors="replace"))
        for kind, items in message.items() if isinstance(message, dict) else ():
            # Instructions to all processes are rows written by SQL.
            if kind in ("broadcast", "presence") and isinstance(items, list):
                self._receive(kind, items)
