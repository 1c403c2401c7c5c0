"""The bus over NATS: for installations where the database shall not carry ephemeral messages.

SQL that runs outside this worker (PostgREST, duties) still notifies the database's bus, so that one is heard as well;
only what workers send goes over NATS. A broker that is away is waited for; what comes meanwhile waits too.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from wedsync.db import RETRIED, Backoff
from wedsync.live.bus import Hear, Inbox, Item, Outbox, Parcels, packets
from wedsync.logs import logger
from wedsync.stream.doorbell import Doorbell

log = logger("bus")

_AWAY: tuple[type[Exception], ...] = (OSError, NatsError, *RETRIED)
_EPOCH_SECONDS = 0.05
_SPARE_BYTES = 1024
_CHECK_SECONDS = 1.0


class NatsBus:
    """One subject per database: `wedsync.bus.<epoch>`. `epoch` returns None until the database was reached."""

    sql_announces = False

    def __init__(self, url: str, epoch: Callable[[], str | None], doorbell: Doorbell, parcels: Parcels) -> None:
        self._url = url
        self._epoch = epoch
        self._doorbell = doorbell
        self._parcels = parcels
        self._outbox = Outbox()

    @property
    def dropped(self) -> int:
        """Items lost because the bus was away for too long."""
        return self._outbox.dropped

    def listen(self, hear: Hear, missed: Callable[[], None]) -> None:
        """See `Bus`."""
        self._missed = missed
        self._inbox = Inbox(self._parcels, hear)
        self._doorbell.on_bus = self._inbox.add
        self._doorbell.on_gap = missed

    def send(self, kind: str, item: Item) -> None:
        """See `Bus`."""
        self._outbox.add(kind, item)

    async def run(self) -> None:
        """See `Bus`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._inbox.run())
            tasks.create_task(self._stay_connected())

    async def _stay_connected(self) -> None:
        backoff = Backoff()
        while True:
            try:
                client = await self._connect()
                try:
                    await self._serve(client, backoff)
                finally:
                    await client.close()
            except _AWAY as exc:
                # The address may hold a password: only the kind of error is told.
                log.warning("bus_away", error=type(exc).__name__)
            await asyncio.sleep(backoff.pause())

    async def _connect(self) -> Client:
        return await nats.connect(
            self._url,
            name="wedsync",
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            # All workers lose a broker at the same moment and must not come back at the same one.
            reconnect_time_wait=random.uniform(0.2, 2.0),  # noqa: S311
            error_cb=self._failed,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._reconnected,
        )

    async def _failed(self, exc: Exception) -> None:
        log.warning("bus_error", error=type(exc).__name__)

    async def _disconnected(self) -> None:
        log.warning("bus_disconnected")

    async def _reconnected(self) -> None:
        log.info("bus_reconnected")
        self._missed()

    async def _serve(self, client: Client, backoff: Backoff) -> None:
        """Carry messages of one epoch of the database; return when it has another."""
        while (epoch := self._epoch()) is None:  # noqa: ASYNC110 (who knows it does not tell)
            await asyncio.sleep(_EPOCH_SECONDS)
        subject = f"wedsync.bus.{epoch}"

        async def heard(message: Msg) -> None:
            self._inbox.add(message.data.decode())

        await client.subscribe(subject, cb=heard)
        await client.flush()
        backoff.reset()
        self._missed()
        log.info("bus_connected")
        limit = client.max_payload - _SPARE_BYTES
        while self._epoch() == epoch:
            try:
                items = await asyncio.wait_for(self._outbox.tick(), _CHECK_SECONDS)
            except TimeoutError:
                continue
            try:
                for text in packets(items, limit):
                    await client.publish(
                        subject, (text if len(text) <= limit else await self._parcels.put(text)).encode()
                    )
            except _AWAY:
                self._outbox.give_back(items)
                raise
