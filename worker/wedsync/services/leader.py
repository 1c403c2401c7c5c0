"""The leader: one process reads the log for all followers, and sends each its frames.

It is elected by a lease in the database. Two simultaneous leaders are harmless, because every batch states its position.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff, Connection, connect
from wedsync.database.listener import Listener
from wedsync.database.log_reader import Batch, LogReader
from wedsync.logs import logger
from wedsync.services.broker import AWAY, Broker
from wedsync.services.feed import FrameBatch, packed, subject_of, wake_subject

log = logger("leader")

SPEAK_EVERY = 0.4
"""Interval of messages to every follower, which confirm that nothing is missing."""
STAND_EVERY = 0.5
"""Interval at which other nodes try to become leader."""
RENEW_EVERY = 1.0
"""Interval at which the lease of three seconds is renewed."""
_CAN_LEAD_EVERY = 0.02


class LeadLost(Exception):
    """Another process leads, or this one is disconnected."""


@dataclass(eq=False)
class Leader:
    """Takes part in elections. `incarnation` identifies the database's run that the node is attached to."""

    dsn: str
    node: uuid.UUID
    listener: Listener
    broker: Broker
    pool: Any
    incarnation: Callable[[], str | None]
    leads: bool = field(default=False, init=False)
    terms: int = field(default=0, init=False)

    async def run(self) -> None:
        """Lead whenever nobody else does, until cancelled."""
        backoff = Backoff()
        while True:
            incarnation = self.incarnation()
            if incarnation is None or not self.broker.connected:
                await asyncio.sleep(_CAN_LEAD_EVERY)
                continue
            try:
                if await calls.lead_relays(self.pool, self.node) is not None:
                    await self._lead(incarnation)
            except LeadLost as exc:
                log.warning("lead_lost", node=str(self.node), reason=str(exc))
            except (*AWAY, *RETRIED) as exc:
                await backoff.rest(exc, log, "lead_failed", node=str(self.node))
            else:
                backoff.reset()
                # Jitter desynchronizes the nodes.
                await asyncio.sleep(STAND_EVERY * random.uniform(0.8, 1.2))  # noqa: S311

    async def _lead(self, incarnation: str) -> None:
        connection = await connect(self.dsn, f"leader {self.node}")
        wake = wake_subject(incarnation)
        try:
            await self.broker.subscribe(wake, lambda _message: self.listener.notified.set())
            term = Term(self.node, incarnation, self.broker, self.incarnation)
            reader = LogReader(
                None,
                self.listener,
                term.keep,
                lambda rows: term.send(rows, reader.asked_at),
                longest_pause=SPEAK_EVERY,
            )
            reader.cursor = term.position = await calls.current_snapshot(connection)
            self.leads = True
            self.terms += 1
            log.info("lead_taken", node=str(self.node))
            speaking = asyncio.create_task(term.speak())
            try:
                await reader.drain(connection)
            finally:
                speaking.cancel()
        finally:
            self.leads = False
            connection.terminate()
            await self.broker.unsubscribe(wake)
            await self._resign()

    async def _resign(self) -> None:
        try:
            await calls.resign_relays(self.pool, self.node)
        except RETRIED as exc:
            # The lease runs out by itself.
            log.warning("lead_not_resigned", error=type(exc).__name__)


@dataclass(eq=False)
class Term:
    """A term as leader, with what each node was sent. `position` is how far the leader has read."""

    node: uuid.UUID
    incarnation: str
    broker: Broker
    incarnation_now: Callable[[], str | None]
    position: str = ""
    _sent_until: dict[uuid.UUID, str] = field(default_factory=dict, init=False)
    _nodes: list[uuid.UUID] = field(default_factory=list, init=False)
    _renew_at: float = field(default=0.0, init=False)

    async def keep(self, connection: Connection) -> None:
        """Renew the lease in time. Raises `LeadLost`."""
        if self.incarnation_now() != self.incarnation:
            # Nobody listens there: the lease was taken just when the database restarted.
            raise LeadLost("the database restarted")
        if time.monotonic() < self._renew_at:
            return
        nodes = await calls.lead_relays(connection, self.node)
        if nodes is None:
            raise LeadLost("another process leads")
        if not self.broker.connected:
            raise LeadLost("the broker is unavailable")
        self._renew_at = time.monotonic() + RENEW_EVERY
        self._nodes = nodes
        self._sent_until = {node: until for node, until in self._sent_until.items() if node in nodes}

    async def send(self, rows: Batch, asked_at: float) -> int:
        """Send the rows of a batch, whose poll started at `asked_at`, to their nodes."""
        until = str(rows[0]["payload"])
        if rows[-1]["kind"] == "more":
            # Too large for a page: each node reads the log itself, page by page.
            for node in self._nodes:
                await self._send(node, until, None)
            self.position = until
            return len(rows) - 2
        parts: dict[uuid.UUID, list[Any]] = defaultdict(list)
        for row in rows[1:]:
            parts[row["for_node"]].append(row)
        for node, part in parts.items():
            await self._send(node, until, part, time.monotonic() - asked_at)
        self.position = until
        return len(rows) - 1

    async def speak(self) -> None:
        """Regularly send every node its complete position, also while a long batch is read."""
        while True:
            await asyncio.sleep(SPEAK_EVERY)
            try:
                for node in self._nodes:
                    await self._send(node, self.position, [])
            except AWAY as exc:
                # The reader also detects this, and resigns.
                log.info("leader_not_reached", error=type(exc).__name__)

    async def _send(self, node: uuid.UUID, until: str, rows: list[Any] | None, waited: float = 0.0) -> None:
        # Nodes that were not sent anything yet have missed nothing since the last poll.
        batch = FrameBatch(self._sent_until.get(node, self.position), until, rows, waited)
        await self.broker.publish(subject_of(self.incarnation, node), packed(batch))
        self._sent_until[node] = until
