"""When tokens run out: their channels are warned before, and told when it is so."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from wedsync.protocol.phoenix import system
from wedsync.services.seats import Seat

if TYPE_CHECKING:
    from wedsync.server.connection import Connection

WARNING_SECONDS = 60.0
"""How long before a token expires its channel is told."""
_LONGEST_SLEEP = 3600.0
_LITTER = 100


class _Watch:
    """What is watched; nothing once the channel has ended, so that a token of a year keeps no socket for that long."""

    __slots__ = ("found",)

    def __init__(self, connection: Connection, seat: Seat) -> None:
        self.found: tuple[Connection, Seat] | None = (connection, seat)


class Expiries:
    """Calls `run_out` for each channel that still has the token it is watched for when that expires."""

    def __init__(self, run_out: Callable[[Connection, Seat], None]) -> None:
        self._run_out = run_out
        self._waiting: list[tuple[float, int, _Watch]] = []
        self._watches: dict[Seat, _Watch] = {}
        self._numbers = itertools.count()
        self._changed = asyncio.Event()

    def watch(self, connection: Connection, seat: Seat) -> None:
        """Warn this channel before its token expires, and end it when it does."""
        if connection.seats.get(seat.channel.topic) is not seat:
            return
        watch = self._watches[seat] = _Watch(connection, seat)
        self._push(max(seat.identity.expires_at - WARNING_SECONDS, time.time()), watch)
        self._changed.set()

    def forget(self, seat: Seat) -> None:
        """The channel ended, or has a newer token."""
        watch = self._watches.pop(seat, None)
        if watch is not None:
            watch.found = None
            if len(self._waiting) > 2 * len(self._watches) + _LITTER:
                self._waiting = [each for each in self._waiting if each[2].found is not None]
                heapq.heapify(self._waiting)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._changed.clear()
            now = time.time()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, watch = heapq.heappop(self._waiting)
                if watch.found is not None:
                    self._expire(watch, *watch.found, now)
            pause = min(self._waiting[0][0] - now, _LONGEST_SLEEP) if self._waiting else _LONGEST_SLEEP
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._changed.wait()

    def _push(self, when: float, watch: _Watch) -> None:
        heapq.heappush(self._waiting, (when, next(self._numbers), watch))

    def _expire(self, watch: _Watch, connection: Connection, seat: Seat, now: float) -> None:
        left = seat.identity.expires_at - now
        if left <= 0:
            self._run_out(connection, seat)
            return
        connection.push((system(seat.channel, "system", "ok", f"Token expires in {math.ceil(left)} seconds"),))
        self._push(seat.identity.expires_at, watch)
