"""A client with several channels that does what stock clients do when things break, and has many things break."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import websockets
from websockets.asyncio.client import ClientConnection, connect

from harness.churn.record import Frame, Join, Life
from harness.sockets import PATH

Way = Literal["break", "silence"]
"""How a line is lost: the server notices at once, or the socket stays open and nobody reads it any more."""


@dataclass(eq=False)
class Client:
    """One program of one person. `channels` are topics, each with whether it asks for row changes."""

    user: str
    token: Callable[[], str]
    session: str | None
    channels: dict[str, bool]
    ports: Sequence[int]
    dice: random.Random
    retry: tuple[float, float]
    lives: list[Life] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    dead: bool = False
    _now: dict[str, Life] = field(default_factory=dict)
    _refs: dict[str, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _connection: ClientConnection | None = None
    _silent: list[ClientConnection] = field(default_factory=list)
    _lose: asyncio.Event = field(default_factory=asyncio.Event)
    _way: Way = "break"
    _away: float = 0.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Live until it dies or is cancelled."""
        try:
            while not self.dead:
                with suppress(OSError, websockets.WebSocketException, TimeoutError):
                    await self._connect()
                self._disconnected()
                away, self._away = self._away or self.dice.uniform(*self.retry), 0.0
                await asyncio.sleep(away)
        finally:
            self._disconnected()
            for task in self._tasks:
                task.cancel()
            for connection in self._silent:
                connection.transport.abort()

    def lose_line(self, way: Way, away: float) -> None:
        """Lose the socket now, and come back after `away` seconds."""
        self._way, self._away = way, away
        self._lose.set()

    def die(self) -> None:
        """End without a word, for good."""
        self.dead = True
        self.lose_line("break", 0.0)
        for life in self._now.values():
            _end(life, "died")

    async def refresh(self) -> None:
        """Take over a new token on every channel."""
        token = self.token()
        for topic, ref in tuple(self._refs.items()):
            await self._send(ref, f"realtime:{topic}", "access_token", {"access_token": token})

    async def leave(self, topic: str) -> None:
        """Unsubscribe, and subscribe again a little later."""
        ref, life = self._refs.pop(topic, None), self._now.pop(topic, None)
        if life is not None:
            _end(life, "left")
        if ref is not None:
            await self._send(ref, f"realtime:{topic}", "phx_leave", {})
            self._later(topic, self.dice.uniform(0.1, 1.0))

    @property
    def joined(self) -> bool:
        """Whether every channel stands, or has been refused since its right is gone."""
        return self._connection is not None and all(
            (
                topic in self._now
                and self._now[topic].joins[-1].replied is not None
                and self._now[topic].joins[-1].lost is None
            )
            or topic not in self._refs
            for topic in self.channels
        )

    async def _connect(self) -> None:
        query = {"apikey": self.token(), "vsn": "2.0.0", **({"session": self.session} if self.session else {})}
        address = f"ws://127.0.0.1:{self.dice.choice(self.ports)}{PATH}?{urlencode(query)}"
        connection = await connect(address, max_size=None, ping_interval=None, open_timeout=8, close_timeout=0.5)
        self._connection = connection
        self._lose.clear()
        reading = asyncio.create_task(self._live(connection))
        losing = asyncio.create_task(self._lose.wait())
        try:
            await asyncio.wait((reading, losing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost = losing.done()
            for task in (reading, losing):
                task.cancel()
            await asyncio.gather(reading, losing, return_exceptions=True)
            if lost and self._way == "silence":
                connection.transport.pause_reading()
                self._silent.append(connection)
                self._tasks.add(asyncio.create_task(self._abort_later(connection)))
            else:
                connection.transport.abort()

    async def _abort_later(self, connection: ClientConnection) -> None:
        await asyncio.sleep(self.dice.uniform(1, 40))
        connection.transport.abort()
        self._silent.remove(connection)

    def _disconnected(self) -> None:
        now = time.monotonic()
        self._connection = None
        self._refs.clear()
        for life in self._now.values():
            if life.joins[-1].lost is None:
                life.joins[-1].lost = now

    async def _live(self, connection: ClientConnection) -> None:
        for topic in self.channels:
            await self._join(topic)
        async for text in connection:
            join_ref, ref, topic, event, payload = json.loads(text)
            name = topic.removeprefix("realtime:")
            current = self._refs.get(name)
            # stock clients drop what belongs to an earlier join
            if current is not None and join_ref in (None, current):
                self._hear(name, current, ref, event, payload)

    async def _join(self, topic: str) -> None:
        ref = self._refs[topic] = str(next(self._numbers))
        life = self._now.get(topic)
        if life is None:
            life = self._now[topic] = Life(self.user, self.session, topic, self.channels[topic])
            self.lives.append(life)
        life.joins.append(Join(time.monotonic()))
        bindings = [{"event": "*", "schema": "wedsync", "table": "core_fields"}] if life.binds else []
        payload = {"config": {"postgres_changes": bindings}, "access_token": self.token()}
        await self._send(ref, f"realtime:{topic}", "phx_join", payload, ref=ref)

    def _hear(self, topic: str, current: str, ref: str | None, event: str, payload: dict[str, Any]) -> None:
        life = self._now[topic]
        join, now = life.joins[-1], time.monotonic()
        if event == "phx_reply" and ref == current:
            if payload["status"] == "ok":
                join.replied = now
            else:
                self._refused(topic, payload["response"]["reason"])
        elif event == "phx_error":
            join.lost = now
            del self._refs[topic]
            self._later(topic, self.dice.uniform(*self.retry))
        elif event == "phx_close":
            _end(self._now.pop(topic), "closed")
            del self._refs[topic]
            self._later(topic, self.dice.uniform(0.5, 2.0))
        elif (
            event == "system"
            and payload["extension"] == "wedsync"
            and payload["message"].endswith("read a fresh snapshot")
        ):
            life.notices.append(now)
        elif event == "broadcast" and payload["event"] == "core_fields_updated":
            body = payload["payload"]
            facts = body["metadata"]
            replayed = payload["meta"].get("replayed", False)
            life.frames.append(
                Frame(
                    now,
                    len(life.joins) - 1,
                    "broadcast",
                    body["couple_id"],
                    facts["seq"],
                    tuple(facts["changed"]),
                    replayed,
                )
            )
        elif event == "postgres_changes":
            record = payload["data"]["record"]
            life.frames.append(
                Frame(
                    now,
                    len(life.joins) - 1,
                    "postgres_changes",
                    record["couple_id"],
                    record["version_number"],
                    (),
                    False,
                )
            )

    def _refused(self, topic: str, reason: str) -> None:
        self.refusals.append(reason)
        del self._refs[topic]
        pause = self.dice.uniform(*self.retry)
        if reason.startswith("Unauthorized"):
            _end(self._now.pop(topic), "refused")
            pause = self.dice.uniform(0.5, 2.0)
        self._later(topic, pause)

    def _later(self, topic: str, seconds: float) -> None:
        task = asyncio.create_task(self._join_after(topic, seconds, self._connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join_after(self, topic: str, seconds: float, connection: ClientConnection | None) -> None:
        await asyncio.sleep(seconds)
        # A new socket joins everything by itself.
        if connection is self._connection and connection is not None and topic not in self._refs:
            await self._join(topic)

    async def _send(self, join_ref: str, topic: str, event: str, payload: object, ref: str | None = None) -> None:
        if self._connection is not None:
            with suppress(websockets.ConnectionClosed):
                message = [join_ref, ref or str(next(self._numbers)), topic, event, payload]
                await self._connection.send(json.dumps(message))


def _end(life: Life, why: str) -> None:
    life.ended, life.why = time.monotonic(), why
    if life.joins[-1].lost is None:
        life.joins[-1].lost = life.ended
