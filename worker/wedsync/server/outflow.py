"""The output of a socket: how much is unread, and whether the client reads at all."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios

_HIGH_WATER = 65_536
"""Unsent bytes at which sending missed events pauses."""


class Outflow:
    """The buffer of a transport, limited to `buffer_bytes`.

    `room` is set while it is full, and signals when it has room again.
    """

    __slots__ = ("_buffer_bytes", "_transport", "room")

    def __init__(self, transport: asyncio.Transport, buffer_bytes: int) -> None:
        transport.set_write_buffer_limits(min(_HIGH_WATER, buffer_bytes // 2))
        self._transport = transport
        self._buffer_bytes = buffer_bytes
        self.room: asyncio.Event | None = None

    @property
    def is_overfull(self) -> bool:
        """Whether the limit is exceeded."""
        return self._transport.get_write_buffer_size() > self._buffer_bytes

    def pause(self) -> None:
        """The buffer is filling up."""
        self.room = asyncio.Event()

    def resume(self) -> None:
        """The client has read, or nothing more follows."""
        if self.room is not None:
            self.room.set()
            self.room = None

    async def is_read(self, stall_seconds: float) -> bool:
        """Wait for room with a time-out. False if the client has read nothing in the meantime; slow clients are fine."""
        if self.room is None:
            return True
        unread = self._unread()
        try:
            async with asyncio.timeout(stall_seconds):
                await self.room.wait()
        except TimeoutError:
            return self._unread() < unread
        return True

    def _unread(self) -> int:
        """Bytes that the client has not acknowledged, including those in kernel buffers."""
        if self._transport.is_closing():
            return 0
        kept = fcntl.ioctl(self._transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        return self._transport.get_write_buffer_size() + int.from_bytes(kept, sys.byteorder)
