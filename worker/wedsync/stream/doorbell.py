"""The doorbell: a direct connection that listens, and proves every few seconds that it still hears.

A ring only says "look again"; what there is to see is in the tables. So a lost ring costs at most one
poll, and a reconnect rings once by itself, after it listens, to catch what came in between.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence

from wedsync.db import RETRIED, Backoff, Connection, connect
from wedsync.logs import logger

log = logger("doorbell")

CHANNEL = "wedsync"
BUS_CHANNEL = "wedsync_bus"
ECHO_EVERY = 15.0
ECHO_WITHIN = 5.0


class Doorbell:
    """Sets `rung` whenever somebody rang, and when it no longer hears. `hears` tells whether the last echo came back.

    The same session carries the bus: `on_bus` gets what is notified there, and `on_gap` is called when something
    may have been missed, at the start too.
    """

    def __init__(self, dsn: str, node: uuid.UUID, *, echo_every: float = ECHO_EVERY) -> None:
        self.rung = asyncio.Event()
        self.hears = False
        self.reconnects = 0
        self.echo_seconds = 0.0
        self._dsn = dsn
        self._node = node
        self._echo_every = echo_every
        self._echo = f"echo:{node}"
        self._echoed = asyncio.Event()
        self._connection: Connection | None = None
        # A session does one thing at a time.
        self._turn = asyncio.Lock()
        self.on_bus: Callable[[str], None] = _ignore
        self.on_gap: Callable[[], None] = _nothing

    async def notify_bus(self, payloads: Sequence[str]) -> None:
        """Notify the bus, in order and in one transaction. Raises `ConnectionError` while there is no session."""
        connection = self._connection
        if connection is None or not self.hears:
            raise ConnectionError("the listening session is away")
        async with self._turn:
            await connection.execute(
                "select pg_notify($1, p) from unnest($2::text[]) with ordinality as u (p, n) order by n",
                BUS_CHANNEL, list(payloads),
            )  # fmt: skip

    async def run(self) -> None:
        """Listen until cancelled, through any number of lost connections."""
        backoff = Backoff()
        while True:
            try:
                await self._listen(backoff)
            except RETRIED as exc:
                self.reconnects += 1
                log.warning("doorbell_lost", node=str(self._node), error=type(exc).__name__)
            finally:
                self.hears = False
                # whoever waits is to know that nobody rings any more
                self.rung.set()
            await asyncio.sleep(backoff.pause())

    async def _listen(self, backoff: Backoff) -> None:
        connection = await connect(self._dsn, f"doorbell {self._node}")
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            await connection.add_listener(CHANNEL, self._hear)
            await connection.add_listener(BUS_CHANNEL, self._hear_bus)
            self._connection = connection
            while True:
                await self._prove(connection)
                if not self.hears:
                    self.hears = True
                    backoff.reset()
                    self.rung.set()
                    self.on_gap()
                    log.info("doorbell_hears", node=str(self._node))
                try:
                    async with asyncio.timeout(self._echo_every):
                        await lost.wait()
                except TimeoutError:
                    continue
                raise ConnectionError("the listening session was closed")
        finally:
            self._connection = None
            connection.terminate()

    async def _prove(self, connection: Connection) -> None:
        self._echoed.clear()
        started = time.monotonic()
        async with self._turn:
            await connection.execute("select pg_notify($1, $2)", CHANNEL, self._echo)
        async with asyncio.timeout(ECHO_WITHIN):
            await self._echoed.wait()
        self.echo_seconds = time.monotonic() - started

    def _hear(self, _connection: Connection, _pid: int, _channel: str, payload: str) -> None:
        if payload == self._echo:
            self._echoed.set()
        elif not payload.startswith("echo:"):
            self.rung.set()

    def _hear_bus(self, _connection: Connection, _pid: int, _channel: str, payload: str) -> None:
        self.on_bus(payload)


def _ignore(_payload: str) -> None:
    return


def _nothing() -> None:
    return
