"""What waits to be read by the client of one socket: how much that is, and whether the client reads at all."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios

_HIGH_WATER = 65_536
"""Unsent bytes at which what a client had missed waits for it to read."""


class Outflow:
    """The buffer of a transport, which may hold `buffer_bytes`.

    `room` is set while it is filling up, and tells when it has room again.
    """

    __slots__ = ("_buffer_bytes", "_transport", "room")

    def __init__(self, transport: asyncio.Transport, buffer_bytes: int) -> None:
        transport.set_write_buffer_limits(min(_HIGH_WATER, buffer_bytes // 2))
        self._transport = transport
        self._buffer_bytes = buffer_bytes
        self.room: asyncio.Event | None = None

    @property
    def is_overfull(self) -> bool:
        """Whether more waits than may be held."""
        return self._transport.get_write_buffer_size() > self._buffer_bytes

    def pause(self) -> None:
        """The buffer is filling up."""
        self.room = asyncio.Event()

    def resume(self) -> None:
        """The client has read, or nothing follows any more."""
        if self.room is not None:
            self.room.set()
            self.room = None

    async def is_read(self, stall_seconds: float) -> bool:
        """Wait for room at most so long. False: the client has read nothing at all meanwhile; a slow line is no stall."""
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
        """Bytes that the client has not acknowledged, those that the kernel keeps included."""
        if self._transport.is_closing():
            return 0
        kept = fcntl.ioctl(self._transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        return self._transport.get_write_buffer_size() + int.from_bytes(kept, sys.byteorder)
