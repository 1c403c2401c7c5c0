"""Joining in the database: SQL decides who may hear what, this module only asks."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg

from wedsync.channels.replay import Replay
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.subscription import Row
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger
from wedsync.services.departures import Departures, Place
from wedsync.services.missed import Missed

log = logger("subscriptions")

_PAGE = "select wedsync_internal.synced_events($1, $2, $3)"
JOIN_SECONDS = 9.0
"""Stock clients give up on a join after ten seconds; an honest answer comes before that."""


class JoinRefused(Exception):
    """SQL or the database said no; the text is `"<Code>: <reason>"` and may go to the client."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Joined:
    """A subscription as SQL made it, or has given it the rights of a newer token.

    `is_free`: the topic is of no catalogue, so that private and public channels of that name are two different ones.
    `presence_topic`: the name under which its people are present, which tells those two apart.
    `position`: what had been committed before the join. `missed_since`: the cursor since which frames are owed to it; None
    for a fresh client. `resync`: it was away for too long and needs a fresh snapshot.
    """

    subscription_id: int
    group_id: int
    postgres_changes: list[object]
    can_broadcast: bool = False
    can_presence: bool = False
    is_free: bool = False
    presence_topic: str = ""
    position: str = ""
    missed_since: str | None = None
    resync: bool = False

    @property
    def owed(self) -> bool:
        """Whether SQL keeps, until the client has confirmed, where it was or that it has to read afresh."""
        return self.missed_since is not None or self.resync

    @property
    def cursor(self) -> str:
        """Where a client goes on from that never confirms anything."""
        return self.missed_since or self.position

    @property
    def unheard(self) -> str | None:
        """The cursor to depart with before the client has heard of the join: None where nothing is owed to it."""
        return self.cursor if self.owed else None


class Subscriptions:
    """Joins of one node. `departures` are their ends.

    `look` is called after every join: a writer who began before it does not ring for the new audience.
    """

    def __init__(self, pool: Any, node: uuid.UUID, look: Callable[[], None] = lambda: None) -> None:
        self.departures = Departures(pool)
        self._pool = pool
        self._node = node
        self._look = look
        self._generation = 0

    async def join(
        self,
        claims: Mapping[str, Any],
        place: Place,
        config: Mapping[str, object] | None,
        connection_id: uuid.UUID,
        *,
        refresh: bool = False,
    ) -> Joined:
        """Join a topic. Raises `JoinRefused`; anything else that fails in the database becomes one.

        With `refresh` it is the same subscription with a newer token, which is not counted and misses nothing.
        """
        generation = self._generation
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                if not refresh:
                    await self.departures.until_left(place)
                text = await self._pool.fetchval(
                    "select wedsync_internal.join_topic($1, $2, $3, $4, $5, $6, $7)",
                    self._node,
                    json.dumps(claims),
                    place.topic,
                    None if config is None else json.dumps(config),
                    connection_id,
                    place.session,
                    refresh,
                )
        except asyncpg.DataError as exc:
            raise JoinRefused("MalformedPayload", "the join holds text that the database cannot store") from exc
        except TimeoutError as exc:
            raise JoinRefused("TimeoutOnRpcCall", "the database did not answer in time") from exc
        except TRANSIENT as exc:
            raise _unreachable("join_failed", exc) from exc
        if generation != self._generation:
            raise JoinRefused("RealtimeRestarting", "the database restarted, try again")
        answer = json.loads(text)
        if not answer["ok"]:
            raise JoinRefused(answer["code"], answer["reason"])
        self._look()
        return Joined(
            answer["subscription_id"],
            answer["group_id"],
            answer.get("postgres_changes") or [],
            answer["can_broadcast"],
            answer["can_presence"],
            answer["is_free"],
            answer["presence_topic"],
            answer["position"],
            answer["resume_from"],
            answer["resync"],
        )

    async def missed(self, joined: Joined, replay: Replay | None) -> Missed:
        """What the client missed or wants again, its first page read. Raises `JoinRefused`."""
        missed = Missed(joined.subscription_id, partial(self._read, self._generation))
        if joined.owed or replay is not None:
            try:
                async with asyncio.timeout(JOIN_SECONDS):
                    await missed.begin(joined.cursor, replay)
            except TimeoutError as exc:
                raise _unreachable("resume_failed", exc) from exc
        else:
            missed.until = Snapshot.parse(joined.position)
        return missed

    async def _read(self, generation: int, query: str, *arguments: object) -> list[Row]:
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                rows: list[Row] = await self._pool.fetch(query, *arguments)
        except TRANSIENT as exc:
            raise _unreachable("resume_failed", exc) from exc
        if generation != self._generation:
            raise JoinRefused("RealtimeRestarting", "the database restarted, try again")
        return rows

    async def page(self, subscription_id: int, after_seq: int, max_rows: int) -> dict[str, object]:
        """Events after a number, as the subscription hears them: {events, last_seq, more, trimmed}. Raises `JoinRefused`."""
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                text = await self._pool.fetchval(_PAGE, subscription_id, after_seq, max_rows)
        except TRANSIENT as exc:
            raise _unreachable("sync_failed", exc) from exc
        answer: dict[str, object] = json.loads(text)
        if not answer["ok"]:
            raise JoinRefused(str(answer["code"]), str(answer["reason"]))
        return answer

    def forget(self) -> None:
        """The database lost its subscriptions, and their numbers may come again."""
        self._generation += 1
        self.departures.forget()


def _unreachable(event: str, exc: Exception) -> JoinRefused:
    log.warning(event, error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
    return JoinRefused("UnableToConnectToProject", "the database is not available, try again")
