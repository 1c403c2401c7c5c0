"""A plain realtime client for tests: speaks version 2 or 1 and keeps everything it hears."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import websockets
from websockets.asyncio.client import ClientConnection, connect

PATH = "/realtime/v1/websocket"
PATIENCE = 30.0


async def until(condition: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until something outside has become true; looks every few milliseconds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Heard:
    """One message of the server."""

    join_ref: Any
    ref: Any
    topic: str
    event: str
    payload: dict[str, Any]


@dataclass
class Socket:
    """An open socket. Messages wait in `inbox` until a test takes them."""

    connection: ClientConnection
    version: str
    inbox: list[Heard] = field(default_factory=list)
    _refs: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        """Fill the inbox until the socket closes."""
        try:
            async for text in self.connection:
                if isinstance(text, bytes):
                    assert self.version == "2.0.0", "version 1 has no binary frames"
                    self.inbox.append(_read_kind_4(text))
                    self._arrived.set()
                    continue
                value = json.loads(text)
                if self.version == "1.0.0":
                    assert set(value) == {"topic", "event", "payload", "ref"}, value
                    value = [None, value["ref"], value["topic"], value["event"], value["payload"]]
                self.inbox.append(Heard(*value))
                self._arrived.set()
        except websockets.ConnectionClosedError:
            pass
        finally:
            self._arrived.set()

    async def send(self, topic: str, event: str, payload: object, *, join_ref: str | None = None) -> str:
        """Send a message and return its ref."""
        ref = str(next(self._refs))
        if self.version == "1.0.0":
            value: object = {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": join_ref}
        else:
            value = [join_ref, ref, topic, event, payload]
        await self.connection.send(json.dumps(value))
        return ref

    async def send_binary(
        self, topic: str, event: str, payload: bytes, *, encoding: int = 1, join_ref: str = "", meta: str = ""
    ) -> str:
        """Send a broadcast as a binary frame of kind 3 and return its ref."""
        ref = str(next(self._refs))
        parts = [text.encode() for text in (join_ref, ref, topic, event, meta)]
        await self.connection.send(bytes((3, *map(len, parts), encoding)) + b"".join(parts) + payload)
        return ref

    async def hear(self, event: str, *, topic: str | None = None, within: float = PATIENCE) -> Heard:
        """Take the first message of that event (and topic) out of the inbox, waiting for it if need be."""
        async with asyncio.timeout(within):
            while True:
                for number, heard in enumerate(self.inbox):
                    if heard.event == event and topic in (None, heard.topic):
                        return self.inbox.pop(number)
                assert self.connection.close_code is None, f"closed while waiting for {event}"
                self._arrived.clear()
                await self._arrived.wait()

    async def reply(self, ref: str) -> dict[str, Any]:
        """Take the reply with that ref: {"status", "response"}."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for number, heard in enumerate(self.inbox):
                    if heard.event == "phx_reply" and heard.ref == ref:
                        return self.inbox.pop(number).payload
                assert self.connection.close_code is None, "closed while waiting for a reply"
                self._arrived.clear()
                await self._arrived.wait()

    async def try_join(self, topic: str, token: str | None = None, **config: object) -> dict[str, Any]:
        """Join `realtime:<topic>` and return the reply. The join_ref is the topic, for simplicity."""
        payload: dict[str, object] = {"config": config}
        if token is not None:
            payload["access_token"] = token
        return await self.reply(await self.send(f"realtime:{topic}", "phx_join", payload, join_ref=topic))

    async def join(self, topic: str, token: str | None = None, **config: object) -> dict[str, Any]:
        """Join and return the response of a good reply."""
        reply = await self.try_join(topic, token, **config)
        assert reply["status"] == "ok", reply
        response: dict[str, Any] = reply["response"]
        return response

    async def closed(self, within: float = PATIENCE) -> int:
        """Wait until the socket is closed and return the code."""
        async with asyncio.timeout(within):
            await self.connection.wait_closed()
        assert self.connection.close_code is not None
        return self.connection.close_code

    async def drained(self, topic: str = "phoenix") -> list[Heard]:
        """Everything heard so far, after a round trip that shows nothing older is on its way."""
        ref = await self.send(topic, "heartbeat", {})
        await self.reply(ref)
        heard, self.inbox[:] = list(self.inbox), []
        return heard


def _read_kind_4(data: bytes) -> Heard:
    """A binary broadcast; an opaque payload stays bytes."""
    assert data[0] == 4, data[:10]
    sizes, encoding, rest = data[1:4], data[4], data[5:]
    parts = []
    for size in sizes:
        parts.append(rest[:size].decode())
        rest = rest[size:]
    topic, event, meta = parts
    payload = json.loads(rest) if encoding == 1 else rest
    return Heard(None, None, topic, "broadcast", {"event": event, "payload": payload, "meta": json.loads(meta)})


@asynccontextmanager
async def open_socket(
    port: int, key: str, *, version: str = "2.0.0", path: str = PATH, origin: str | None = None
) -> AsyncIterator[Socket]:
    """A socket to a gateway on loopback, closed at the end."""
    address = f"ws://127.0.0.1:{port}{path}{'&' if '?' in path else '?'}apikey={key}&vsn={version}"
    connection = await connect(address, max_size=None, ping_interval=None, origin=cast("Any", origin))
    socket = Socket(connection, version)
    reading = asyncio.create_task(socket.read())
    try:
        yield socket
    finally:
        # Closing what the server closed while we were sending trips over asyncio's transport.
        if connection.close_code is None:
            await connection.close()
        await reading
