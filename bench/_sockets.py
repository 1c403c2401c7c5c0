"""A minimal WebSocket client, so that benchmarks measure the server. Reads frames, answers pings."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import cast
from uuid import uuid4

# A mask of zeros is valid and leaves the payload unchanged.
_MASK = b"\0\0\0\0"
_CHUNK = 1 << 20
_CLOSE, _PING, _PONG, _TEXT = 8, 9, 10, 1

Hear = Callable[[bytes, float], None]
"""Called with the payload of each text frame, and the time.monotonic() of its arrival."""


class Client(asyncio.Protocol):
    """A socket. With `join` it sends that first, and `joined` is set once the channel is joined; otherwise once it is open."""

    __slots__ = ("_file", "_head", "_hear", "_join", "_rest", "_transport", "bytes", "ended", "joined", "received")

    def __init__(self, head: bytes, join: bytes | None, hear: Hear | None) -> None:
        self._head, self._join, self._hear = head, join, hear
        self._rest = b""
        self._transport: asyncio.Transport
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = 0
        self.bytes = 0
        self._file = -1
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        """It was closed."""
        self.ended = True
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(f"the socket ended before it had joined: {exc}"))

    def data_received(self, data: bytes) -> None:
        """Walk through the frames."""
        now = time.monotonic()
        data = self._rest + data if self._rest else data
        if self._head:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self.joined.set_exception(ConnectionError(data[:300].decode(errors="replace")))
                self._transport.abort()
                return
            self._head, data = b"", data[end + 4 :]
            if self._join is None:
                self.joined.set_result(None)
            else:
                self.send(self._join)
                self._join = None
        at, size = 0, len(data)
        while size - at >= 2:
            length, begin = data[at + 1], at + 2
            if length == 126:
                begin = at + 4
                length = int.from_bytes(data[at + 2 : begin], "big") if size >= begin else size
            elif length == 127:
                begin = at + 10
                length = int.from_bytes(data[at + 2 : begin], "big") if size >= begin else size
            end = begin + length
            if end > size:
                break
            opcode = data[at] & 15
            if opcode == _TEXT:
                self._text(data[begin:end], now)
            elif opcode == _PING:
                self.send(data[begin:end], _PONG)
            elif opcode == _CLOSE:
                self._transport.close()
            at = end
        self._rest = data[at:]

    def _text(self, payload: bytes, now: float) -> None:
        if not self.joined.done():
            if b'"phx_reply"' in payload[:200]:
                if b'"status":"ok"' in payload:
                    self.joined.set_result(None)
                else:
                    self.joined.set_exception(ConnectionError(payload[:300].decode(errors="replace")))
            return
        self.received += 1
        if self._hear is not None:
            self._hear(payload, now)

    def send(self, payload: bytes, opcode: int = _TEXT) -> None:
        """Send one frame."""
        size = len(payload)
        length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._transport.write(bytes((0x80 | opcode,)) + length + _MASK + payload)

    def only_count(self) -> None:
        """From now on frames are not read, and pings not answered: `drain` counts their `bytes`."""
        self._transport.pause_reading()
        self._file = self._transport.get_extra_info("socket").fileno()

    def drain(self) -> None:
        """Read received data. Waking a client for every frame would cost more than sending it."""
        try:
            while taken := len(os.read(self._file, _CHUNK)):
                self.bytes += taken
                if taken < _CHUNK:
                    return
        except BlockingIOError:
            return
        raise ConnectionError("the server ended the socket")

    def close(self) -> None:
        """Close the connection."""
        self._transport.abort()


async def connect(
    port: int, path: str, *, join: bytes | None = None, hear: Hear | None = None, source: str | None = None
) -> Client:
    """Open a socket from the loopback address `source`; returns once it has joined. Raises `ConnectionError`."""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: Client(head, join, hear), "127.0.0.1", port, local_addr=(source, 0) if source else None
    )
    await asyncio.wait_for(client.joined, 60)
    return client


def realtime_path(token: str) -> str:
    """Address of a gateway's sockets, protocol version 2, with its own session like a tab."""
    return f"/realtime/v1/websocket?vsn=2.0.0&apikey={token}&session={uuid4()}"
