"""What arrives at one socket, no faster than it may come: also what is refused, ignored or no message at all costs time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from wedsync.channels.token_bucket import TokenBucket

FRAMES_PER_MESSAGE = 5
"""Frames of any kind that may come for each message of `rate`: fragments, pongs, heartbeats."""
_LEAST = 50.0
"""Frames a second of a socket that may send no messages at all: it still joins and answers pings."""
_SLICE = 16_384
"""Bytes acted on at once: thousands of the smallest frames, or a part of a large one."""
_LONGEST_PAUSE = 20.0
"""Seconds; shorter than a silence for which a socket is given up."""


class Feedable(Protocol):
    """Who takes the bytes."""

    open: bool

    def feed(self, data: bytes) -> int:
        """Act on them; returns the number of frames."""


class Inflow:
    """Bytes on their way into `Connection.feed`. Above the rate the socket is not read from, and nothing is lost."""

    __slots__ = ("_bucket", "_connection", "_rate", "_rest", "_transport")

    def __init__(self, connection: Feedable, transport: asyncio.Transport, rate: Callable[[], float]) -> None:
        self._connection = connection
        self._transport = transport
        self._rate = rate
        self._bucket = TokenBucket()
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Act on what has arrived."""
        for start in range(0, len(data), _SLICE):
            pause = self._owed(self._connection.feed(data[start : start + _SLICE]))
            if pause > 0:
                self._rest = data[start + _SLICE :]
                self._transport.pause_reading()
                asyncio.get_running_loop().call_later(min(pause, _LONGEST_PAUSE), self._go_on)
                return

    def _owed(self, frames: int) -> float:
        """Seconds until as many frames were due."""
        most, now = max(self._rate() * FRAMES_PER_MESSAGE, _LEAST), time.monotonic()
        return self._bucket.owe(most, now, frames)

    def _go_on(self) -> None:
        if self._connection.open:
            rest, self._rest = self._rest, b""
            self._transport.resume_reading()
            self.take(rest)
