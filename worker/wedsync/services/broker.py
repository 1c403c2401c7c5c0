"""A NATS connection that reconnects automatically. Optional: installed with the extra `nats`."""

from __future__ import annotations

import asyncio
import random
import struct
import uuid
from collections.abc import Callable, Iterable

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from wedsync.database.connections import Backoff
from wedsync.logs import logger

log = logger("broker")

AWAY: tuple[type[Exception], ...] = (OSError, NatsError)
"""Exceptions of publishing while the broker is unavailable."""
_SPARE_BYTES = 1024
WAITING_BYTES = 64_000_000
"""How much may wait for the rest of its message; beyond that the oldest is dropped."""
_PART = struct.Struct("!16sII")
"""Name of the message, number of the part from 0 on, number of parts."""
PING_EVERY = 4
"""Seconds between pings; after two unanswered pings, the broker counts as unavailable."""

Receive = Callable[[bytes], None]


def parts(data: bytes, limit: int) -> Iterable[bytes]:
    """The messages of at most `limit` bytes that data of any size travels in."""
    step = limit - _PART.size - 1
    if len(data) < limit:
        yield b"\0" + data
        return
    name, count = uuid.uuid4().bytes, -(-len(data) // step)
    for number in range(count):
        yield b"\1" + _PART.pack(name, number, count) + data[number * step : (number + 1) * step]


class OversizedPayloads:
    """Puts the parts of messages together. They come in order; what is not complete in time is dropped."""

    def __init__(self) -> None:
        self._begun: dict[bytes, list[bytes]] = {}
        self._size = 0

    def add(self, message: bytes) -> bytes | None:
        """The data that is complete with this message. Raises `ValueError` for what is neither whole nor a part."""
        if message[:1] == b"\0":
            return message[1:]
        if message[:1] != b"\1" or len(message) <= _PART.size:
            raise ValueError("not a message of ours")
        name, number, count = _PART.unpack_from(message, 1)
        if number == 0:
            self._drop(name)
            self._begun[name] = []
        pieces = self._begun.get(name)
        if pieces is None or number != len(pieces):
            self._drop(name)
            return None
        pieces.append(message[_PART.size + 1 :])
        self._size += len(pieces[-1])
        if number + 1 == count:
            return b"".join(self._drop(name))
        while self._size > WAITING_BYTES:
            self._drop(next(iter(self._begun)))
        return None

    def _drop(self, name: bytes) -> list[bytes]:
        pieces = self._begun.pop(name, [])
        self._size -= sum(map(len, pieces))
        return pieces


class Broker:
    """Publishes and subscribes; messages may be of any size.

    `on_gap` are called after every (re)connection: something may have been missed.
    """

    def __init__(self, url: str) -> None:
        self.on_gap: list[Callable[[], None]] = []
        self._url = url
        self._client: Client | None = None
        self._recipients: dict[str, Receive] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._oversized = OversizedPayloads()

    @property
    def connected(self) -> bool:
        """Whether messages can be sent now."""
        return self._client is not None and bool(self._client.is_connected)

    @property
    def largest(self) -> int:
        """Bytes that travel at once."""
        return (self._client.max_payload if self._client is not None else 1_048_576) - _SPARE_BYTES

    async def publish(self, subject: str, data: bytes) -> None:
        """Send soon, in order. Raises one of `AWAY` without a connection."""
        if self._client is None or not self._client.is_connected:
            raise ConnectionError("the broker is unavailable")
        for part in parts(data, self.largest):
            await self._client.publish(subject, part)

    async def subscribe(self, subject: str, receive: Receive) -> None:
        """Call `receive` with every message of a subject from now on, in order, also after reconnects."""
        self._recipients[subject] = receive
        if self._client is not None and self._client.is_connected:
            try:
                await self._subscribe_all(self._client)
            except AWAY as exc:
                # Done when the connection is restored.
                log.warning("not_subscribed", error=type(exc).__name__)

    async def unsubscribe(self, subject: str) -> None:
        """Harmless if not subscribed."""
        self._recipients.pop(subject, None)
        subscription = self._subscriptions.pop(subject, None)
        if subscription is not None and self.connected:
            try:
                await subscription.unsubscribe()
            except AWAY as exc:
                log.warning("not_unsubscribed", error=type(exc).__name__)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        backoff = Backoff()
        while True:
            try:
                await self._stay(backoff)
            except AWAY as exc:
                # The address may contain a password, so only the type of the error is logged.
                if backoff.is_news(exc):
                    log.warning("broker_away", error=type(exc).__name__)
            await asyncio.sleep(backoff.pause())

    async def _stay(self, backoff: Backoff) -> None:
        ended = asyncio.Event()

        async def closed() -> None:
            ended.set()

        client = await nats.connect(
            self._url,
            name="wedsync",
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            # All workers lose a broker at the same time and must not reconnect at the same time.
            reconnect_time_wait=random.uniform(0.2, 2.0),  # noqa: S311
            ping_interval=PING_EVERY,
            max_outstanding_pings=2,
            error_cb=self._failed,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._reconnected,
            closed_cb=closed,
        )
        try:
            self._client = client
            self._subscriptions.clear()
            await self._subscribe_all(client)
            backoff.reset()
            log.info("broker_connected")
            self._tell_gap()
            await ended.wait()
        finally:
            self._client = None
            await client.close()

    async def _subscribe_all(self, client: Client) -> None:
        """Subscribe to pending subjects, and wait for the server's confirmation."""
        for subject in self._recipients.keys() - self._subscriptions.keys():
            self._subscriptions[subject] = await client.subscribe(subject, cb=self._receive)
        await client.flush()

    async def _receive(self, message: Msg) -> None:
        if (receive := self._recipients.get(message.subject)) is None:
            return
        try:
            data = self._oversized.add(message.data)
        except ValueError as exc:
            # Messages are not authenticated, so any client may publish invalid ones.
            log.warning("broker_message_malformed", error=type(exc).__name__)
            return
        if data is not None:
            receive(data)

    def _tell_gap(self) -> None:
        for tell in self.on_gap:
            tell()

    async def _failed(self, exc: Exception) -> None:
        log.warning("broker_error", error=type(exc).__name__)

    async def _disconnected(self) -> None:
        log.warning("broker_disconnected")

    async def _reconnected(self) -> None:
        log.info("broker_reconnected")
        if self._client is not None:
            await self._subscribe_all(self._client)
        self._tell_gap()
