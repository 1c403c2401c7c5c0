"""Track and untrack requests, sent to SQL in batches."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from wedsync.channels.subscription import Subscription
from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff
from wedsync.database.writing import Progress, write_in_parts
from wedsync.logs import logger
from wedsync.services.bus import Bus

log = logger("presence")

TICK_SECONDS = 0.010

Outcome = Callable[[str | None], None]
"""Called with the problem of a change as `"<Code>: <reason>"`, or None."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A change for SQL, with a callback for its outcome."""

    change: Mapping[str, object]
    outcome: Outcome | None


class PresenceChanges:
    """Changes of one node. Sends them to buses that do not get them from SQL."""

    def __init__(self, node: uuid.UUID, pool: Any, bus: Bus) -> None:
        self.progress = Progress()
        self._node = node
        self._pool = pool
        self._bus = bus
        self._orders: list[_Order] = []
        self._some_order = asyncio.Event()
        self._done = asyncio.Event()
        self._done.set()

    def track(self, subscription: Subscription, meta: Mapping[str, object], outcome: Outcome | None) -> None:
        """Track a member with `meta`, or update it."""
        if subscription.presence_key is None:
            subscription.presence_key = str(uuid.uuid4())
        subscription.is_tracked = True
        self._order("track", subscription, outcome, meta=meta, key=subscription.presence_key)

    def untrack(self, subscription: Subscription, outcome: Outcome | None) -> None:
        """Untrack a member."""
        subscription.is_tracked = False
        self._order("untrack", subscription, outcome)

    def leave(self, subscription: Subscription) -> None:
        """The channel ended: its tracked entry leaves."""
        if subscription.is_tracked:
            self.untrack(subscription, None)

    def refresh(self, subscription: Subscription) -> None:
        """The channel has a newer token, perhaps of another user: its tracked entry stays."""
        if subscription.is_tracked:
            self._order("move", subscription, None, **{"from": subscription.id})

    def clear(self) -> None:
        """The database lost all of it."""
        orders, self._orders = self._orders, []
        self._done.set()
        self.progress.done()
        for order in orders:
            if order.outcome is not None:
                order.outcome("RealtimeRestarting: the database restarted, try again")

    def _order(self, op: str, subscription: Subscription, outcome: Outcome | None, **more: object) -> None:
        ids = {"topic": subscription.presence_topic, "subscription_id": subscription.id}
        self._orders.append(_Order({"op": op, **ids, **more}, outcome))
        self._done.clear()
        self.progress.begin()
        self._some_order.set()

    async def finish(self, seconds: float) -> None:
        """Wait until pending changes are written, or the time is over; the rest ends with the leases."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._done.wait()

    async def run(self) -> None:
        """Send a batch every few milliseconds until cancelled."""
        backoff = Backoff()
        while True:
            await self._some_order.wait()
            await asyncio.sleep(TICK_SECONDS)
            self._some_order.clear()
            # It stays there until the result arrives.
            batch, self._orders = self._orders, []
            answered: set[int] = set()
            try:
                await write_in_parts(batch, partial(self._apply, answered), partial(self._refused, answered))
                backoff.reset()
                self.progress.done()
                if self._orders:
                    self.progress.begin()
                else:
                    self._done.set()
            except RETRIED as exc:
                self._give_up([order for order in batch if id(order) not in answered])
                await backoff.rest(exc, log, "presence_failed", sqlstate=getattr(exc, "sqlstate", None))

    def _give_up(self, batch: list[_Order]) -> None:
        """Fail changes with a callback; others are retried later. Without any, the database is queried anyway, to
        check whether it is available again."""
        for order in batch:
            if order.outcome is not None:
                order.outcome("UnableToConnectToProject: the database is not available, try again")
        self._orders[:0] = [order for order in batch if order.outcome is None]
        self._some_order.set()

    def _refused(self, answered: set[int], order: _Order, exc: Exception) -> None:
        """The database rejects this change; do not delay others."""
        answered.add(id(order))
        log.warning("presence_refused", op=str(order.change["op"]), sqlstate=getattr(exc, "sqlstate", None))
        if order.outcome is not None:
            order.outcome("PresenceRefused: the database cannot store the payload")

    async def _apply(self, answered: set[int], batch: Sequence[_Order]) -> None:
        answer = await calls.presence_apply(self._pool, self._node, [order.change for order in batch])
        # SQL returns results by topic; those of a subscription stay in order.
        problems: defaultdict[object, deque[str | None]] = defaultdict(deque)
        for result in answer["results"]:
            problems[result["subscription_id"]].append(result["problem"])
        for order in batch:
            answered.add(id(order))
            problem = problems[order.change["subscription_id"]].popleft()
            if order.outcome is not None:
                order.outcome(None if problem is None else f"PresenceRefused: {problem}")
        for kind, item in answer["messages"]:
            self._bus.send(kind, item)
