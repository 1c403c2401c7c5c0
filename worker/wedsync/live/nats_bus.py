"""The bus over NATS: for installations where the database shall not carry ephemeral messages.

SQL that runs outside this worker (PostgREST, duties) still notifies the database's bus, so that one is heard as well;
only what workers send goes over NATS. A broker that is away is waited for; what comes meanwhile waits too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from wedsync.broker import AWAY, Broker
from wedsync.db import RETRIED, Backoff
from wedsync.live.bus import Bus, Hear, Parcels, packets
from wedsync.logs import logger
from wedsync.stream.doorbell import Doorbell

log = logger("bus")

_EPOCH_SECONDS = 0.05
_CHECK_SECONDS = 1.0


class NatsBus(Bus):
    """One subject per database: `wedsync.bus.<epoch>`. `epoch` returns None until the database was reached."""

    sql_announces = False

    def __init__(self, broker: Broker, epoch: Callable[[], str | None], doorbell: Doorbell, parcels: Parcels) -> None:
        super().__init__(doorbell, parcels)
        self._broker = broker
        self._epoch = epoch

    def listen(self, hear: Hear, missed: Callable[[], None]) -> None:
        """See `Bus`."""
        super().listen(hear, missed)
        self._missed = missed
        self._broker.on_gap.append(missed)

    async def _carry(self) -> None:
        backoff = Backoff(longest=1.0)
        subject: str | None = None
        while True:
            try:
                subject = await self._tune(subject)
                async with asyncio.timeout(_CHECK_SECONDS):
                    items = await self._outbox.tick()
            except TimeoutError:
                continue
            except AWAY as exc:
                await self._rest(exc, backoff)
                continue
            try:
                await self._publish(subject, items)
            except (*AWAY, *RETRIED) as exc:
                self._outbox.give_back(items)
                await self._rest(exc, backoff)
            else:
                backoff.reset()

    async def _tune(self, heard: str | None) -> str:
        """Hear the subject of the database's present epoch; returns it."""
        while (epoch := self._epoch()) is None:  # noqa: ASYNC110 (who knows it does not tell)
            await asyncio.sleep(_EPOCH_SECONDS)
        subject = f"wedsync.bus.{epoch}"
        if subject != heard:
            if heard is not None:
                await self._broker.forget(heard)
            await self._broker.hear(subject, lambda data: self._inbox.add(data.decode(errors="replace")))
            self._missed()
        return subject

    async def _rest(self, exc: Exception, backoff: Backoff) -> None:
        log.warning("bus_away", error=type(exc).__name__)
        await asyncio.sleep(backoff.pause())

    async def _publish(self, subject: str, items: list[tuple[str, str]]) -> None:
        limit = self._broker.largest
        for text in packets(items, limit):
            await self._broker.publish(
                subject, (text if len(text) <= limit else await self._parcels.put(text)).encode()
            )
