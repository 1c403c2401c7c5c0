"""What clients track and untrack, sent to SQL in batches."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wedsync.db import RETRIED, Backoff
from wedsync.live.bus import Bus
from wedsync.logs import logger

if TYPE_CHECKING:
    from wedsync.subscriptions.seats import Seat

log = logger("presence")

TICK_SECONDS = 0.010

_APPLY = "select wedsync_internal.presence_apply($1, $2)"

Outcome = Callable[[str | None], None]
"""Told the problem with a change as `"<Code>: <reason>"`, or None."""


@dataclass(frozen=True, slots=True)
class _Order:
    """One change for SQL, and who wants to know how it went."""

    change: Mapping[str, object]
    outcome: Outcome | None


class PresenceChanges:
    """Changes of one node. What a bus does not learn from SQL is sent to it from here."""

    def __init__(self, node: uuid.UUID, pool: Any, bus: Bus) -> None:
        self._node = node
        self._pool = pool
        self._bus = bus
        self._tracked: dict[Seat, Mapping[str, object]] = {}
        self._orders: list[_Order] = []
        self._some_order = asyncio.Event()
        self._done = asyncio.Event()
        self._done.set()

    def track(self, seat: Seat, meta: Mapping[str, object], outcome: Outcome | None) -> None:
        """Show a member with `meta`, or change what is shown."""
        if seat.channel.presence_key is None:
            seat.channel.presence_key = str(uuid.uuid4())
        self._tracked[seat] = meta
        self._order("track", seat, outcome, key=seat.channel.presence_key, meta=meta)

    def untrack(self, seat: Seat, outcome: Outcome | None) -> None:
        """Show a member no more."""
        self._tracked.pop(seat, None)
        self._order("untrack", seat, outcome)

    def leave(self, seat: Seat) -> None:
        """The channel ended: whoever was tracked on it leaves."""
        if seat in self._tracked:
            self.untrack(seat, None)

    def replace(self, earlier: Seat, seat: Seat) -> None:
        """The channel has a new subscription: whoever is tracked on the earlier one stays."""
        meta = self._tracked.pop(earlier, None)
        if meta is not None:
            self._order("move", seat, None, **{"from": earlier.member.subscription_id})
            self._tracked[seat] = meta
            # What it takes if the earlier subscription was cleaned up in between.
            self._order("track", seat, None, key=seat.channel.presence_key, meta=meta, unless_present=True)

    def clear(self) -> None:
        """The database lost all of it."""
        self._tracked.clear()
        orders, self._orders = self._orders, []
        self._done.set()
        for order in orders:
            if order.outcome is not None:
                order.outcome("RealtimeRestarting: the database restarted, try again")

    def _order(self, op: str, seat: Seat, outcome: Outcome | None, **more: object) -> None:
        ids = {"topic": seat.joined.presence_topic, "subscription_id": seat.member.subscription_id}
        self._orders.append(_Order({"op": op, **ids, **more}, outcome))
        self._done.clear()
        self._some_order.set()

    async def finish(self, seconds: float) -> None:
        """Wait until what was asked for is done, or the time is over; leases end what remains."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._done.wait()

    async def run(self) -> None:
        """Send a batch every few milliseconds until cancelled."""
        backoff = Backoff(longest=2.0)
        while True:
            await self._some_order.wait()
            await asyncio.sleep(TICK_SECONDS)
            self._some_order.clear()
            batch, self._orders = self._orders, []
            try:
                await self._apply(batch)
                backoff.reset()
                if not self._orders:
                    self._done.set()
            except RETRIED as exc:
                log.warning("presence_failed", error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
                self._give_up(batch)
                await asyncio.sleep(backoff.pause())

    def _give_up(self, batch: list[_Order]) -> None:
        """Those who asked are told; what nobody waits for is done later."""
        for order in batch:
            if order.outcome is not None:
                order.outcome("UnableToConnectToProject: the database cannot be asked now, try again")
        self._orders[:0] = [order for order in batch if order.outcome is None]
        if self._orders:
            self._some_order.set()

    async def _apply(self, batch: list[_Order]) -> None:
        if not batch:
            return
        changes = json.dumps([order.change for order in batch])
        answer = json.loads(await self._pool.fetchval(_APPLY, self._node, changes))
        # SQL answers topic by topic; what concerns one subscription stays in order.
        problems: defaultdict[object, deque[str | None]] = defaultdict(deque)
        for result in answer["results"]:
            problems[result["subscription_id"]].append(result["problem"])
        for order in batch:
            problem = problems[order.change["subscription_id"]].popleft()
            if order.outcome is not None:
                order.outcome(None if problem is None else f"PresenceRefused: {problem}")
        if not self._bus.sql_announces:
            for diff in answer["diffs"]:
                self._bus.send("presence", diff)
