"""LISTEN on a direct connection, with a check every few seconds that notifications still arrive.

A notification only means "poll now"; the data is in the tables. A lost one therefore costs at most one poll interval,
and after a reconnect everybody polls once to catch up.

The event log is announced to the session that reads it: the server process that a notification has just woken answers the
poll. Messages between processes are read by pools, so a session of its own listens for those, and for the checks.
"""

from __future__ import annotations

import asyncio
import time
import uuid

from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff, Connection, connect
from wedsync.logs import logger

log = logger("listener")

CHANNEL = "wedsync"
BUS_CHANNEL = "wedsync_bus"
DELIVERIES_CHANNEL = "wedsync_deliveries"
ECHO_EVERY = 15.0
ECHO_WITHIN = 5.0


class Listener:
    """Sets `notified` at every notification, and when they stop arriving. `receives` is true if the last check succeeded.

    `bus_notified` is the same for the messages between processes, `deliveries_notified` for deliveries. Payloads are
    ignored, because every login of the database can send notifications; only the listener's own check is recognized by one.
    """

    def __init__(self, dsn: str, node: uuid.UUID, *, echo_every: float = ECHO_EVERY) -> None:
        self.notified = asyncio.Event()
        self.bus_notified = asyncio.Event()
        self.deliveries_notified = asyncio.Event()
        self.receives = False
        self.reconnects = 0
        self.echo_seconds = 0.0
        self._dsn = dsn
        self._node = node
        self._echo_every = echo_every
        self._echo = f"echo:{node}"
        self._echoed = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled, through any number of lost connections."""
        backoff = Backoff()
        while True:
            try:
                await self._listen(backoff)
            except RETRIED as exc:
                self.reconnects += 1
                if backoff.is_news(exc):
                    log.warning("listener_lost", node=str(self._node), error=type(exc).__name__)
            finally:
                self.receives = False
                # wake all waiting readers
                self._wake_all()
            await asyncio.sleep(backoff.pause())

    async def attach(self, reader: Connection) -> None:
        """Listen for events on the session that reads them. Await it before the first poll."""
        await reader.add_listener(CHANNEL, self._receive)

    async def _listen(self, backoff: Backoff) -> None:
        connection = await connect(self._dsn, f"doorbell {self._node}")
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            await connection.add_listener(BUS_CHANNEL, self._receive_bus)
            await connection.add_listener(DELIVERIES_CHANNEL, self._receive_deliveries)
            while True:
                await self._prove(connection)
                if not self.receives:
                    self.receives = True
                    backoff.reset()
                    self._wake_all()
                    log.info("listener_receives", node=str(self._node))
                try:
                    async with asyncio.timeout(self._echo_every):
                        await lost.wait()
                except TimeoutError:
                    continue
                raise ConnectionError("the listening session was closed")
        finally:
            connection.terminate()

    async def _prove(self, connection: Connection) -> None:
        self._echoed.clear()
        started = time.monotonic()
        await calls.notify(connection, BUS_CHANNEL, self._echo)
        async with asyncio.timeout(ECHO_WITHIN):
            await self._echoed.wait()
        self.echo_seconds = time.monotonic() - started

    def _receive(self, _connection: Connection, _pid: int, _channel: str, _payload: str) -> None:
        self.notified.set()

    def _receive_bus(self, _connection: Connection, _pid: int, _channel: str, payload: str) -> None:
        if payload == self._echo:
            self._echoed.set()
        elif not payload.startswith("echo:"):
            self.bus_notified.set()

    def _receive_deliveries(self, _connection: Connection, _pid: int, _channel: str, _payload: str) -> None:
        self.deliveries_notified.set()

    def _wake_all(self) -> None:
        self.notified.set()
        self.bus_notified.set()
        self.deliveries_notified.set()
