"""Leaving in the database, in batches; unless deliberate, clients can resume later from their position."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from wedsync.channels.positions import Position, oldest
from wedsync.channels.subscription import Subscription
from wedsync.database import calls
from wedsync.database.connections import TRANSIENT, Backoff
from wedsync.database.writing import Progress, write_in_parts
from wedsync.logs import logger

log = logger("leaves")

_SEND_AFTER = 0.05


class Leaves:
    """Collects ended subscriptions and retries until they are written."""

    def __init__(self, pool: Any) -> None:
        self.progress = Progress()
        self._pool = pool
        self._waiting: list[Subscription] = []
        self._confirmed: list[int] = []
        self._leaving: Counter[tuple[str | None, str]] = Counter()
        self._generation = 0
        self._some = asyncio.Event()
        self._sent = asyncio.Event()

    def add(self, subscription: Subscription) -> None:
        """Release a subscription soon; the safe position stays behind its confirmed position until it is written."""
        self._waiting.append(subscription)
        self._leaving[subscription.user, subscription.name.lower()] += 1
        self._some.set()

    def confirm(self, subscription_id: int) -> None:
        """The client has its missed events: its earlier position is no longer needed."""
        self._confirmed.append(subscription_id)
        self._some.set()

    async def until_left(self, user: str | None, name: str) -> None:
        """Wait until no earlier channel of this user and topic is leaving, so that its position can be found."""
        # Only SQL knows which spellings of an id are the same topic; waiting for another topic does no harm.
        while (user, name.lower()) in self._leaving:
            await self._sent.wait()

    def held(self) -> Position | None:
        """The oldest position that is still needed."""
        position = None
        for subscription in self._waiting:
            position = oldest(position, subscription.left_at[1])
        return position

    def points(self) -> list[dict[str, str | None]]:
        """The positions that were not saved yet."""
        return [each.point(cursor) for each in self._waiting if (cursor := each.left_at[0]) and each.user]

    def clear(self) -> None:
        """The database lost its subscriptions, and their ids may be reused."""
        self._waiting.clear()
        self._confirmed.clear()
        self._leaving.clear()
        self._generation += 1
        self._wake()

    async def run(self) -> None:
        """Send until cancelled."""
        backoff = Backoff()
        while True:
            await self._some.wait()
            self.progress.begin()
            await asyncio.sleep(_SEND_AFTER)
            try:
                await self.send()
                self.progress.done()
                backoff.reset()
            except TRANSIENT as exc:
                await backoff.rest(exc, log, "leave_failed")

    async def send(self) -> None:
        """Write collected items; failed ones are kept."""
        self._some.clear()
        generation = self._generation
        # They stay in the lists until they are written, because the safe position depends on them.
        count, confirmed = len(self._waiting), len(self._confirmed)
        try:
            if confirmed:
                await calls.forget_positions(self._pool, self._confirmed[:confirmed])
                if generation == self._generation:
                    del self._confirmed[:confirmed]
            if count and generation == self._generation:
                batch = self._waiting[:count]
                await write_in_parts(batch, self._leave, _refused)
        except TRANSIENT:
            self._some.set()
            raise
        if count and generation == self._generation:
            del self._waiting[:count]
            for each in batch:
                key = each.user, each.name.lower()
                self._leaving[key] -= 1
                if not self._leaving[key]:
                    del self._leaving[key]
            self._wake()

    async def _leave(self, batch: Sequence[Subscription]) -> None:
        await calls.leave_topics(self._pool, [each.id for each in batch], [each.left_at[0] for each in batch])

    def _wake(self) -> None:
        sent, self._sent = self._sent, asyncio.Event()
        sent.set()


def _refused(subscription: Subscription, exc: Exception) -> None:
    """It ends all the same, when it was silent for long enough."""
    log.error("leave_refused", subscription=subscription.id, sqlstate=getattr(exc, "sqlstate", None))
