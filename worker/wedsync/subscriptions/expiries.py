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
from wedsync.subscriptions.seats import Seat

if TYPE_CHECKING:
    from wedsync.sockets.connection import Connection

WARNING_SECONDS = 60.0
"""How long before a token expires its channel is told."""
_LONGEST_SLEEP = 3600.0


class Expiries:
    """Calls `run_out` for each channel that still has the token it is watched for when that expires."""

    def __init__(self, run_out: Callable[[Connection, Seat], None]) -> None:
        self._run_out = run_out
        self._waiting: list[tuple[float, int, Connection, Seat]] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()

    def watch(self, connection: Connection, seat: Seat) -> None:
        """Warn this channel before its token expires, and end it when it does."""
        self._push(max(seat.identity.expires_at - WARNING_SECONDS, time.time()), connection, seat)
        self._changed.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._changed.clear()
            now = time.time()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, connection, seat = heapq.heappop(self._waiting)
                self._expire(connection, seat, now)
            pause = min(self._waiting[0][0] - now, _LONGEST_SLEEP) if self._waiting else _LONGEST_SLEEP
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), pause)

    def _push(self, when: float, connection: Connection, seat: Seat) -> None:
        heapq.heappush(self._waiting, (when, next(self._numbers), connection, seat))

    def _expire(self, connection: Connection, seat: Seat, now: float) -> None:
        if connection.seats.get(seat.channel.topic) is not seat:
            return
        left = seat.identity.expires_at - now
        if left <= 0:
            self._run_out(connection, seat)
            return
        connection.push((system(seat.channel, "system", "ok", f"Token expires in {math.ceil(left)} seconds"),))
        self._push(seat.identity.expires_at, connection, seat)
