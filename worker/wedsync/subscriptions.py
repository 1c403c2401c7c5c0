"""Joining and leaving in the database: SQL decides who may hear what, this module only asks."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import asyncpg

from wedsync.db import TRANSIENT, Backoff
from wedsync.logs import logger

log = logger("subscriptions")

JOIN_SECONDS = 9.0
"""Stock clients give up on a join after ten seconds; an honest answer comes before that."""
_LEAVE_AFTER = 0.05


class JoinRefused(Exception):
    """SQL or the database said no; the text is `"<Code>: <reason>"` and may go to the client."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Joined:
    """A subscription as SQL made it. `seq` is the position of the wedding it starts after, if it has one."""

    subscription_id: int
    group_id: int
    seq: int | None
    postgres_changes: list[object]


class Subscriptions:
    """Calls of one node. Leaves are gathered and sent together; they are repeated until they succeed.

    `look` is called after every join: a writer who began before it does not ring for the new audience.
    """

    def __init__(self, pool: Any, node: uuid.UUID, look: Callable[[], None] = lambda: None) -> None:
        self._pool = pool
        self._node = node
        self._look = look
        self._leaving: list[int] = []
        self._generation = 0
        self._some_leave = asyncio.Event()

    async def join(self, claims: dict[str, Any], topic: str, config: dict[str, object] | None) -> Joined:
        """Join `topic` (without prefix). Raises `JoinRefused`; anything else that fails in the database becomes one."""
        generation = self._generation
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                text = await self._pool.fetchval(
                    "select wedsync_internal.join_topic($1, $2, $3, $4)",
                    self._node,
                    json.dumps(claims),
                    topic,
                    None if config is None else json.dumps(config),
                )
        except asyncpg.DataError as exc:
            raise JoinRefused("MalformedPayload", "the join holds text that the database cannot store") from exc
        except TimeoutError as exc:
            raise JoinRefused("TimeoutOnRpcCall", "the database did not answer in time") from exc
        except TRANSIENT as exc:
            log.warning("join_failed", error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
            raise JoinRefused("UnableToConnectToProject", "the database cannot be asked now, try again") from exc
        if generation != self._generation:
            raise JoinRefused("RealtimeRestarting", "the database restarted, try again")
        answer = json.loads(text)
        if not answer["ok"]:
            raise JoinRefused(answer["code"], answer["reason"])
        self._look()
        return Joined(
            answer["subscription_id"], answer["group_id"], answer.get("seq"), answer.get("postgres_changes") or []
        )

    def leave(self, subscription_id: int) -> None:
        """Give a subscription back, soon."""
        self._leaving.append(subscription_id)
        self._some_leave.set()

    def forget(self) -> None:
        """The database lost its subscriptions, and their numbers may come again."""
        self._leaving.clear()
        self._generation += 1

    async def run(self) -> None:
        """Send leaves until cancelled."""
        backoff = Backoff()
        while True:
            await self._some_leave.wait()
            await asyncio.sleep(_LEAVE_AFTER)
            try:
                await self.send_leaves()
                backoff.reset()
            except TRANSIENT as exc:
                log.warning("leave_failed", error=type(exc).__name__)
                await asyncio.sleep(backoff.pause())

    async def send_leaves(self) -> None:
        """Send what was gathered; what could not be sent stays gathered."""
        self._some_leave.clear()
        batch, self._leaving = self._leaving, []
        generation = self._generation
        if not batch:
            return
        try:
            await self._pool.execute("select wedsync_internal.leave_topics($1)", batch)
        except TRANSIENT:
            if generation == self._generation:
                self._leaving = batch + self._leaving
                self._some_leave.set()
            raise
