"""A client that behaves like the stock ones when things break: same address and same join after every reconnect."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import websockets
from websockets.asyncio.client import ClientConnection, connect

from harness.sockets import PATH, until

_RETRY = (0.2, 0.6)
"""Stock clients wait for 1, 2, 5 and 10 seconds; the shorter the wait, the harder for the server."""


@dataclass
class StockClient:
    """Joins one topic and stays there. `events` holds everything heard, repetitions included."""

    port: int
    topic: str
    token: str
    session: str | None = None
    config: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, int]] = field(default_factory=list)
    changes: list[tuple[str, int]] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    joins: int = 0
    refusals: list[str] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    removed: bool = False
    connection: ClientConnection | None = None
    receive_bytes: int | None = None
    """Without it the kernel takes as many megabytes for a client that does not read as the machine allows."""
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    _refs: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _join_ref: str = ""

    def __post_init__(self) -> None:
        self.reading.set()

    @property
    def address(self) -> str:
        query = {"apikey": self.token, "vsn": "2.0.0", **({"session": self.session} if self.session else {})}
        return f"ws://127.0.0.1:{self.port}{PATH}?{urlencode(query)}"

    async def run(self) -> None:
        """Live until cancelled, or until the server removes the channel."""
        while not self.removed:
            with suppress(OSError, websockets.WebSocketException):
                async with connect(
                    self.address, sock=await self.connected(), max_size=None, ping_interval=None, open_timeout=5
                ) as connection:
                    self.connection = connection
                    await self._live(connection)
            self.connection = None
            await asyncio.sleep(random.uniform(*_RETRY))

    async def connected(self) -> socket.socket:
        """A TCP connection to the gateway."""
        connecting = socket.socket()
        connecting.setblocking(False)
        if self.receive_bytes is not None:
            connecting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_bytes)
        try:
            await asyncio.get_running_loop().sock_connect(connecting, ("127.0.0.1", self.port))
        except BaseException:
            connecting.close()
            raise
        return connecting

    async def _live(self, connection: ClientConnection) -> None:
        await self._join(connection)
        beating = asyncio.create_task(self._beat(connection))
        try:
            async for text in connection:
                await self.reading.wait()
                join_ref, ref, topic, event, payload = json.loads(text)
                if topic == f"realtime:{self.topic}" and join_ref in (None, self._join_ref):
                    await self._hear(connection, ref, event, payload)
                if self.removed:
                    return
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            if connection.close_code is not None:
                self.closes.append(connection.close_code)

    async def _beat(self, connection: ClientConnection) -> None:
        while True:
            await asyncio.sleep(2)
            with suppress(websockets.ConnectionClosed):
                await connection.send(json.dumps([None, str(next(self._refs)), "phoenix", "heartbeat", {}]))

    async def _join(self, connection: ClientConnection) -> None:
        self._join_ref = str(next(self._refs))
        payload = {"config": self.config, "access_token": self.token}
        await connection.send(
            json.dumps([self._join_ref, self._join_ref, f"realtime:{self.topic}", "phx_join", payload])
        )

    async def _hear(self, connection: ClientConnection, ref: Any, event: str, payload: dict[str, Any]) -> None:
        if event == "phx_reply" and ref == self._join_ref:
            if payload["status"] == "ok":
                self.joins += 1
            else:
                self.refusals.append(payload["response"]["reason"])
                await self._rejoin(connection)
        elif event == "phx_error" and ref in (None, self._join_ref):
            await self._rejoin(connection)
        elif event == "phx_close" and ref in (None, self._join_ref):
            self.removed = True
        elif event == "system":
            self.systems.append(payload["message"])
        elif event == "broadcast" and payload["event"] == "core_fields_updated":
            body = payload["payload"]
            self.events.append((body["couple_id"], body["metadata"]["seq"]))

    async def _rejoin(self, connection: ClientConnection) -> None:
        await asyncio.sleep(random.uniform(*_RETRY))
        await self._join(connection)

    async def refresh(self, token: str) -> None:
        """Take over a new token, as the stock client does at a heartbeat."""
        self.token = token
        if self.connection is not None:
            message = [
                self._join_ref,
                str(next(self._refs)),
                f"realtime:{self.topic}",
                "access_token",
                {"access_token": token},
            ]
            with suppress(websockets.ConnectionClosed):
                await self.connection.send(json.dumps(message))

    @property
    def news(self) -> list[tuple[str, int]]:
        """What was heard for the first time, in order."""
        return list(dict.fromkeys(self.events))


@asynccontextmanager
async def living(*clients: StockClient) -> AsyncIterator[None]:
    """Clients that have joined, and go on until the block ends."""
    tasks = [asyncio.create_task(client.run()) for client in clients]
    try:
        await until(lambda: all(client.joins for client in clients), 20)
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_heard(
    clients: list[StockClient], expected: Callable[[], list[tuple[str, int]]], within: float = 40
) -> None:
    """Wait until each client has heard what is expected; then nothing may be missing, out of order, or too much."""
    wanted = await asyncio.to_thread(expected)
    assert wanted, "nothing was expected"
    with suppress(TimeoutError):
        await until(lambda: all(len(client.news) >= len(wanted) for client in clients), within)
    await asyncio.sleep(0.3)
    for number, client in enumerate(clients):
        who = f"client {number} ({client.session})"
        missing = sorted(set(wanted) - set(client.news))
        extra = sorted(set(client.news) - set(wanted))
        assert not missing, f"{who} misses {missing[:5]} of {len(wanted)}: {client.closes} {client.refusals[-3:]}"
        assert not extra, f"{who} has heard {extra[:5]} too much"
        assert client.news == wanted, f"{who} heard them in another order"
