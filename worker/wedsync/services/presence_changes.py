"""What clients track and untrack, sent to SQL in batches."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from wedsync.database.connections import RETRIED, Backoff
from wedsync.database.writing import Progress, write_in_parts
from wedsync.logs import logger
from wedsync.services.bus import Bus

if TYPE_CHECKING:
    from wedsync.services.seats import Seat

log = logger("presence")

TICK_SECONDS = 0.010

_APPLY = "select wedsync_internal.presence_apply($1, $2)"

Meta = Mapping[str, object]
Outcome = Callable[[str | None], None]
"""Told the problem with a change as `"<Code>: <reason>"`, or None."""


@dataclass(frozen=True, slots=True)
class _Order:
    """One change for SQL, and who wants to know how it went. `meta` is what a track shows."""

    seat: Seat
    change: Mapping[str, object]
    meta: Meta | None
    outcome: Outcome | None


class PresenceChanges:
    """Changes of one node. What a bus does not learn from SQL is sent to it from here."""

    def __init__(self, node: uuid.UUID, pool: Any, bus: Bus) -> None:
        self.progress = Progress()
        self._node = node
        self._pool = pool
        self._bus = bus
        # What SQL has stored, and what it was asked to store last and has not answered.
        self._stored: dict[Seat, Meta] = {}
        self._asked: dict[Seat, Meta] = {}
        self._orders: list[_Order] = []
        self._some_order = asyncio.Event()
        self._done = asyncio.Event()
        self._done.set()

    def track(self, seat: Seat, meta: Meta, outcome: Outcome | None) -> None:
        """Show a member with `meta`, or change what is shown."""
        if seat.channel.presence_key is None:
            seat.channel.presence_key = str(uuid.uuid4())
        self._track(seat, meta, outcome)

    def untrack(self, seat: Seat, outcome: Outcome | None) -> None:
        """Show a member no more."""
        self._forget(seat)
        self._order("untrack", seat, outcome)

    def leave(self, seat: Seat) -> None:
        """The channel ended: whoever was tracked on it leaves."""
        if seat in self._stored or seat in self._asked:
            self.untrack(seat, None)

    def replace(self, earlier: Seat, seat: Seat) -> None:
        """The channel has a new subscription: whoever is tracked on the earlier one stays."""
        meta = self._forget(earlier)
        if meta is not None:
            self._order("move", seat, None, None, **{"from": earlier.member.subscription_id})
            # What it takes if the earlier subscription was cleaned up in between.
            self._track(seat, meta, None, unless_present=True)

    def clear(self) -> None:
        """The database lost all of it."""
        self._stored.clear()
        self._asked.clear()
        orders, self._orders = self._orders, []
        self._done.set()
        self.progress.done()
        for order in orders:
            if order.outcome is not None:
                order.outcome("RealtimeRestarting: the database restarted, try again")

    def _forget(self, seat: Seat) -> Meta | None:
        stored, asked = self._stored.pop(seat, None), self._asked.pop(seat, None)
        return stored if asked is None else asked

    def _track(self, seat: Seat, meta: Meta, outcome: Outcome | None, **more: object) -> None:
        self._asked[seat] = meta
        self._order("track", seat, outcome, meta=meta, key=seat.channel.presence_key, **more)

    def _order(self, op: str, seat: Seat, outcome: Outcome | None, meta: Meta | None = None, **more: object) -> None:
        ids = {"topic": seat.joined.presence_topic, "subscription_id": seat.member.subscription_id}
        self._orders.append(_Order(seat, {"op": op, **ids, "meta": meta, **more}, meta, outcome))
        self._done.clear()
        self.progress.begin()
        self._some_order.set()

    async def finish(self, seconds: float) -> None:
        """Wait until what was asked for is done, or the time is over; leases end what remains."""
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
            # It stays there until it is answered.
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
                if backoff.is_news(exc):
                    log.warning("presence_failed", error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
                self._give_up([order for order in batch if id(order) not in answered])
                await asyncio.sleep(backoff.pause())

    def _give_up(self, batch: list[_Order]) -> None:
        """Those who asked are told; what nobody waits for is done later. Without any, the database is asked all the same, to
        see whether it answers again."""
        for order in batch:
            if order.outcome is not None:
                self._end(order, "UnableToConnectToProject: the database is not available, try again")
        self._orders[:0] = [order for order in batch if order.outcome is None]
        self._some_order.set()

    def _refused(self, answered: set[int], order: _Order, exc: Exception) -> None:
        """The database does not take this one; nobody else has to wait for it."""
        answered.add(id(order))
        log.warning("presence_refused", op=str(order.change["op"]), sqlstate=getattr(exc, "sqlstate", None))
        self._end(order, "PresenceRefused: the database cannot store the payload")

    async def _apply(self, answered: set[int], batch: Sequence[_Order]) -> None:
        changes = json.dumps([order.change for order in batch])
        answer = json.loads(await self._pool.fetchval(_APPLY, self._node, changes))
        # SQL answers topic by topic; what concerns one subscription stays in order.
        problems: defaultdict[object, deque[str | None]] = defaultdict(deque)
        for result in answer["results"]:
            problems[result["subscription_id"]].append(result["problem"])
        for order in batch:
            answered.add(id(order))
            problem = problems[order.change["subscription_id"]].popleft()
            self._end(order, None if problem is None else f"PresenceRefused: {problem}")
        if not self._bus.sql_announces:
            for diff in answer["diffs"]:
                self._bus.send("presence", diff)

    def _end(self, order: _Order, problem: str | None) -> None:
        """One change is answered. What a channel shows is known from the moment at which it is stored."""
        seat, meta = order.seat, order.meta
        if meta is not None and seat in self._asked:
            if problem is None:
                self._stored[seat] = meta
            if self._asked[seat] is meta:
                del self._asked[seat]
        if order.outcome is not None:
            order.outcome(problem)
