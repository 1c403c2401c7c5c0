"""Leaving in the database, many at once; who did not leave on purpose can go on later from where the client had come."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wedsync.channels.positions import Position, oldest
from wedsync.database.connections import TRANSIENT, Backoff
from wedsync.database.writing import Progress, write_in_parts
from wedsync.logs import logger

log = logger("departures")

_SEND_AFTER = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """Whose channel it was: what a client is known by when it comes back. `topic` is without prefix."""

    user: str | None
    session: str | None
    topic: str


@dataclass(frozen=True, slots=True)
class Departure:
    """The end of a subscription. `cursor` is how far its client had come, None when it left on purpose.

    `held` is the last position that its socket confirmed: what the node calls safe stays behind it until this is sent.
    """

    subscription_id: int
    place: Place
    cursor: str | None
    held: Position | None


def point(place: Place, cursor: str) -> dict[str, str | None]:
    """A position as `save_positions` takes it."""
    return {"user_id": place.user, "session": place.session, "topic": place.topic, "position": cursor}


class Departures:
    """Gathers departures and repeats them until they succeed."""

    def __init__(self, pool: Any) -> None:
        self.progress = Progress()
        self._pool = pool
        self._waiting: list[Departure] = []
        self._confirmed: list[int] = []
        self._leaving: Counter[tuple[str | None, str]] = Counter()
        self._generation = 0
        self._some = asyncio.Event()
        self._sent = asyncio.Event()

    def leave(self, departure: Departure) -> None:
        """Give a subscription back, soon."""
        self._waiting.append(departure)
        self._leaving[departure.place.user, departure.place.topic] += 1
        self._some.set()

    def confirm(self, subscription_id: int) -> None:
        """The client has what it had missed: where it went on from is of no use any more."""
        self._confirmed.append(subscription_id)
        self._some.set()

    async def until_left(self, place: Place) -> None:
        """Wait until no earlier channel of this user and topic is on its way out, so that its position can be found."""
        while (place.user, place.topic) in self._leaving:
            await self._sent.wait()

    def held(self) -> Position | None:
        """The oldest position that a departure still needs."""
        position = None
        for departure in self._waiting:
            position = oldest(position, departure.held)
        return position

    def points(self) -> list[dict[str, str | None]]:
        """The positions that were not saved yet."""
        return [point(each.place, each.cursor) for each in self._waiting if each.cursor and each.place.user]

    def forget(self) -> None:
        """The database lost its subscriptions, and their numbers may come again."""
        self._waiting.clear()
        self._confirmed.clear()
        self._leaving.clear()
        self._generation += 1
        self._tell()

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
                if backoff.is_news(exc):
                    log.warning("leave_failed", error=type(exc).__name__)
                await asyncio.sleep(backoff.pause())

    async def send(self) -> None:
        """Send what was gathered; what could not be sent stays gathered."""
        self._some.clear()
        generation = self._generation
        # They stay in the lists until they are sent: what is safe depends on them.
        departures, confirmed = len(self._waiting), len(self._confirmed)
        try:
            if confirmed:
                await self._pool.execute("select wedsync_internal.forget_positions($1)", self._confirmed[:confirmed])
                if generation == self._generation:
                    del self._confirmed[:confirmed]
            if departures and generation == self._generation:
                batch = self._waiting[:departures]
                await write_in_parts(batch, self._leave, _refused)
        except TRANSIENT:
            self._some.set()
            raise
        if departures and generation == self._generation:
            del self._waiting[:departures]
            for each in batch:
                self._left(each)
            self._tell()

    async def _leave(self, batch: Sequence[Departure]) -> None:
        await self._pool.execute(
            "select wedsync_internal.leave_topics($1, $2)",
            [each.subscription_id for each in batch],
            [each.cursor for each in batch],
        )

    def _left(self, departure: Departure) -> None:
        key = departure.place.user, departure.place.topic
        self._leaving[key] -= 1
        if not self._leaving[key]:
            del self._leaving[key]

    def _tell(self) -> None:
        told, self._sent = self._sent, asyncio.Event()
        told.set()


def _refused(departure: Departure, exc: Exception) -> None:
    """The subscription ends all the same, when it was silent for long enough."""
    log.error("departure_refused", subscription=departure.subscription_id, sqlstate=getattr(exc, "sqlstate", None))
