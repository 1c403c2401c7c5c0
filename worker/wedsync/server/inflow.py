"""Rate limiting of a socket's input, including refused, ignored and invalid messages, because all cost time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from wedsync.channels.token_bucket import TokenBucket

FRAMES_PER_MESSAGE = 5
"""Frames of any kind allowed per message of `rate`: fragments, pongs, heartbeats."""
_LEAST = 50.0
"""Frames per second of a socket that may not send messages: it still joins and answers pings."""
_SLICE = 16_384
"""Bytes processed at once: thousands of minimal frames, or a part of a large one."""
_LONGEST_PAUSE = 20.0
"""Seconds; shorter than the silence after which a socket is closed."""


class Feedable(Protocol):
    """The recipient of the bytes."""

    open: bool

    def feed(self, data: bytes) -> int:
        """Process them; returns the number of frames."""


class Inflow:
    """Bytes for `Connection.feed`. Above the rate, reading from the socket is paused, and nothing is lost."""

    __slots__ = ("_bucket", "_connection", "_rate", "_rest", "_transport")

    def __init__(self, connection: Feedable, transport: asyncio.Transport, rate: Callable[[], float]) -> None:
        self._connection = connection
        self._transport = transport
        self._rate = rate
        self._bucket = TokenBucket()
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Process received data."""
        for start in range(0, len(data), _SLICE):
            pause = self._owed(self._connection.feed(data[start : start + _SLICE]))
            if pause > 0:
                self._rest = data[start + _SLICE :]
                self._transport.pause_reading()
                asyncio.get_running_loop().call_later(min(pause, _LONGEST_PAUSE), self._go_on)
                return

    def _owed(self, frames: int) -> float:
        """Seconds until that many frames are allowed."""
        most, now = max(self._rate() * FRAMES_PER_MESSAGE, _LEAST), time.monotonic()
        return self._bucket.owe(most, now, frames)

    def _go_on(self) -> None:
        if self._connection.open:
            rest, self._rest = self._rest, b""
            self._transport.resume_reading()
            self.take(rest)
