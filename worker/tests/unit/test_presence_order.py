"""In which order members hear of people: first the state, then what changed since."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from wedsync.auth import Identity
from wedsync.channels.hub import Hub
from wedsync.channels.subscription import JoinAnswer, Subscription
from wedsync.protocol.frames import Serializer
from wedsync.services.presence import Presence
from wedsync.services.presence_changes import PresenceChanges

TOPIC = "presence_1"


class Ear:
    """A socket that keeps what it receives, with the keys of those it is told of; `subscription` is its channel."""

    def __init__(self, hub: Hub, number: int) -> None:
        self.heard: list[tuple[str, set[str]]] = []
        self.serializer = Serializer.V1
        socket: Any = self
        self.subscription = Subscription(
            socket, f"realtime:{TOPIC}", payload={"config": {"presence": {"enabled": True}}}
        )
        answer = JoinAnswer(number, 1, TOPIC, [], can_presence=True, presence_topic=TOPIC)
        self.subscription.admit(Identity({"role": "anon"}, 0.0), answer)
        hub.complete(hub.begin_join(), self.subscription)

    def deliver(self, data: bytes) -> None:
        while data:
            size, begin = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4], "big"), 4)
            message = json.loads(data[begin : begin + size])
            payload = message["payload"]
            people = payload if message["event"] == "presence_state" else payload["joins"]
            self.heard.append((message["event"], set(people)))
            data = data[begin + size :]


class Pool:
    """Answers with the state, as soon as it may."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {"version": 1, "state": {}}
        self.may = asyncio.Event()
        self.asked = asyncio.Event()

    async def fetch(self, _statement: str, names: list[str]) -> list[dict[str, str]]:
        self.asked.set()
        await self.may.wait()
        return [{"topic": name, "found": json.dumps(self.state)} for name in names]


def diff(version: int) -> dict[str, Any]:
    return {"topic": TOPIC, "version": version, "key": f"person {version}", "user_id": None, "leave": None,
            "join": {"phx_ref": str(version)}}  # fmt: skip


@pytest.mark.proves("F000-71")
async def test_nobody_hears_a_diff_before_the_state() -> None:
    pool, hub, bus = Pool(), Hub(), SimpleNamespace(sql_announces=True)
    first, second = Ear(hub, 1), Ear(hub, 2)
    presence = Presence(pool, hub, PresenceChanges(uuid4(), pool, cast("Any", bus)))
    working = asyncio.create_task(presence.run())
    try:
        presence.enter(first.subscription)
        await pool.asked.wait()
        presence.receive([diff(2)])
        assert first.heard == []
        pool.may.set()
        await until_heard(first, 1)
        assert first.heard == [("presence_state", {"person 2"})]
        # One change is not there yet: who comes now waits for the state, also when that gap closes meanwhile.
        pool.may.clear()
        pool.asked.clear()
        presence.receive([diff(4)])
        presence.enter(second.subscription)
        await pool.asked.wait()
        presence.receive([diff(3)])
        assert [people for kind, people in first.heard[1:] if kind == "presence_diff"] == [{"person 3", "person 4"}]
        assert second.heard == []
        people = {f"person {n}": {"metas": [{"phx_ref": str(n)}]} for n in (2, 3, 4)}
        pool.state = {"version": 4, "state": people}
        pool.may.set()
        await until_heard(second, 1)
        presence.receive([diff(5)])
        assert second.heard == [("presence_state", set(people)), ("presence_diff", {"person 5"})]
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def until_heard(ear: Ear, count: int) -> None:
    async with asyncio.timeout(5):
        while len(ear.heard) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
