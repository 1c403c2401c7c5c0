"""Expiry of tokens: channels are warned in advance, and ended on expiry."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import math
import time
from collections.abc import Callable

from wedsync.channels.hub import Hub
from wedsync.channels.subscription import Subscription
from wedsync.protocol.phoenix import system

WARNING_SECONDS = 60.0
"""Seconds before expiry at which a channel is warned."""
_LONGEST_SLEEP = 3600.0
_LITTER = 100


class Expiries:
    """Calls `run_out` for each subscription that still has the same token when it expires.

    Subscriptions are stored by id, so that long-lived tokens do not keep sockets in memory.
    """

    def __init__(self, hub: Hub, run_out: Callable[[Subscription], None]) -> None:
        self._hub = hub
        self._run_out = run_out
        self._waiting: list[tuple[float, int, int, float]] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()

    def watch(self, subscription: Subscription) -> None:
        """Warn this channel before its current token expires, and end it on expiry."""
        if subscription.identity is not None and self._hub.find(subscription.id) is subscription:
            expires_at = subscription.identity.expires_at
            self._push(max(expires_at - WARNING_SECONDS, time.time()), subscription.id, expires_at)
            self._changed.set()
            if len(self._waiting) > 2 * self._hub.subscriptions + _LITTER:
                self._waiting = [each for each in self._waiting if self._found(each[2], each[3]) is not None]
                heapq.heapify(self._waiting)

    def _push(self, when: float, subscription_id: int, expires_at: float) -> None:
        heapq.heappush(self._waiting, (when, next(self._numbers), subscription_id, expires_at))

    def _found(self, subscription_id: int, expires_at: float) -> Subscription | None:
        """The subscription, unless it ended or has a newer token."""
        found = self._hub.find(subscription_id)
        return found if found and found.identity and found.identity.expires_at == expires_at else None

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._changed.clear()
            now = time.time()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, subscription_id, expires_at = heapq.heappop(self._waiting)
                if (subscription := self._found(subscription_id, expires_at)) is not None:
                    self._expire(subscription, expires_at, now)
            pause = min(self._waiting[0][0] - now, _LONGEST_SLEEP) if self._waiting else _LONGEST_SLEEP
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._changed.wait()

    def _expire(self, subscription: Subscription, expires_at: float, now: float) -> None:
        left = expires_at - now
        if left <= 0:
            self._run_out(subscription)
            return
        warning = system(subscription, "system", "ok", f"Token expires in {math.ceil(left)} seconds")
        subscription.socket.push((warning,))
        self._push(expires_at, subscription.id, expires_at)
