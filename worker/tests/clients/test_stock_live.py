"""Broadcast and presence with the stock clients: JavaScript of today and from before 2.90, and Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from harness.database import Database
from harness.javascript import BEFORE_2_90, CURRENT, WITH_GHOSTS, javascript_client
from harness.sockets import open_socket
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import ScriptedClient, running_node
from realtime import AsyncRealtimeClient

from wedsync.node import Node

pytestmark = pytest.mark.slow
PACKAGES = [CURRENT, WITH_GHOSTS, BEFORE_2_90]


@pytest.fixture
def open_topics(database18: Database) -> Database:
    database18.query("insert into wedsync_data.free_topics (pattern, description) values ('^topic:', 'for tests')")
    return database18


@pytest.mark.proves("F004-59")
@pytest.mark.parametrize("package", PACKAGES)
async def test_javascript_sends_the_raw_messages_of_the_source(database18: Database, package: str) -> None:
    wedding = Wedding.new(database18)
    topic = f"wedding:{wedding.id}"
    wedding.adults(100)
    async with (
        running_node(database18) as node,
        client_of(node, package, wedding.token) as one,
        client_of(node, package, wedding.token) as two,
    ):

        async def send(message: dict[str, Any]) -> str:
            await one.do("raw", topic=topic, message=message)
            outcome: str = (await one.hear("sent"))["outcome"]
            return outcome

        await joined(one, topic, presence=True, key="emma")
        await joined(two, topic, presence=True, key="james")
        assert await send({"type": "presence_update", "data": {"status": "busy", "page": "seating"}}) == "ok"
        while (await two.hear("join"))["message"]["key"] != "emma":
            pass
        event = {"type": "timeline_update", "data": {"moved": 15}, "clientVersion": "4.2", "causality": ["a"]}
        assert await send({"type": "collaboration_event", "data": event}) == "ok"
        message = (await two.hear("broadcast"))["message"]
        assert message["event"] == "collaboration_event"
        assert message["payload"]["userId"] == str(wedding.emma.id)
        assert message["payload"]["data"] == {"moved": 15}
        await one.do("raw", topic=topic, message={"type": "ping"})
        assert (await one.hear("pong"))["message"]["type"] == "pong"
        assert (await one.hear("sent"))["outcome"] == "ok"
        await one.do("raw", topic=topic, message={"type": "data_sync", "data": {"after_seq": 0}})
        page = (await one.hear("data_sync"))["message"]
        assert (await one.hear("sent"))["outcome"] == "ok"
        assert [each["payload"]["metadata"]["seq"] for each in page["events"]] == list(range(1, page["last_seq"] + 1))
        assert page["events"][-1]["payload"]["data"]["wedding.guestCount.adults"] == 100
        assert await send({"type": "data_sync", "data": {"after_seq": -1}}) == "error"


@asynccontextmanager
async def client_of(node: Node, package: str, key: str | None = None) -> AsyncIterator[ScriptedClient]:
    async with javascript_client(package) as client:
        apikey = key or token(uuid4())
        await client.do("connect", url=f"ws://127.0.0.1:{node.port}/realtime/v1", apikey=apikey)
        await client.do("token", token=apikey)
        yield client


async def joined(client: ScriptedClient, topic: str, **config: Any) -> None:
    await client.do("join", topic=topic, **config)
    await client.hear("status", status="SUBSCRIBED")


@pytest.mark.parametrize("package", PACKAGES)
async def test_javascript_broadcasts_with_ack_self_and_opaque_bytes(open_topics: Database, package: str) -> None:
    async with (
        running_node(open_topics) as node,
        client_of(node, package) as one,
        client_of(node, package) as two,
        open_socket(node.port, token(uuid4()), version="1.0.0") as old,
    ):
        await joined(one, "topic:a", private=True, broadcast={"ack": True, "self": True})
        await joined(two, "topic:a", private=True)
        await old.join("topic:a", private=True)
        await one.do("send", topic="topic:a", event="moved", payload={"seat": 7, "who": "Zoë"})
        for client in (one, two):
            message = (await client.hear("broadcast"))["message"]
            assert (message["event"], message["payload"]) == ("moved", {"seat": 7, "who": "Zoë"})
        assert (await one.hear("sent"))["outcome"] == "ok"
        assert (await old.hear("broadcast")).payload["payload"] == {"seat": 7, "who": "Zoë"}
        if package != BEFORE_2_90:
            await one.do("send", topic="topic:a", event="raw", bytes=[0, 255, 1])
            assert (await two.hear("broadcast"))["message"]["bytes"] == [0, 255, 1]
            (told,) = await old.drained()
            assert (told.event, told.payload["message"].partition(":")[0]) == ("system", "left out")


@pytest.mark.parametrize("package", PACKAGES)
async def test_javascript_refusals_are_answered_and_the_channel_lives(open_topics: Database, package: str) -> None:
    wedding = Wedding.new(open_topics)
    async with running_node(open_topics) as node, client_of(node, package, wedding.token) as client:
        await joined(client, wedding.topic, broadcast={"ack": True})
        await client.do("send", topic=wedding.topic, event="moved", payload={})
        assert (await client.hear("sent"))["outcome"] == "error"
        wedding.adults(101)
        assert (await client.hear("broadcast"))["message"]["event"] == "core_fields_updated"


@pytest.mark.proves("F000-71", "F000-72")
@pytest.mark.parametrize("package", PACKAGES)
async def test_javascript_presence(open_topics: Database, package: str) -> None:
    async with (
        running_node(open_topics) as node,
        client_of(node, package) as one,
        client_of(node, package) as two,
    ):
        await joined(one, "topic:a", presence=True, key="emma")
        assert (await one.hear("presence"))["state"] == {}
        await one.do("track", topic="topic:a", meta={"page": "seating"})
        assert (await one.hear("tracked"))["outcome"] == "ok"
        await joined(two, "topic:a", presence=True, key="james")
        found = (await two.hear("presence"))["state"]
        assert [meta["page"] for meta in found["emma"]] == ["seating"]
        await two.do("track", topic="topic:a", meta={"page": "menu"})
        join = (await one.hear("join"))["message"]
        while join["key"] != "james":
            join = (await one.hear("join"))["message"]
        assert join["newPresences"][0]["page"] == "menu"
        await one.do("track", topic="topic:a", meta={"page": "budget"})
        while True:
            state = (await two.hear("presence"))["state"]
            if [meta["page"] for meta in state["emma"]] == ["budget"]:
                break
        await one.do("untrack", topic="topic:a")
        left = (await two.hear("leave"))["message"]
        while left["currentPresences"] or left["leftPresences"][0]["page"] != "budget":
            left = (await two.hear("leave"))["message"]
        two.process.kill()
        assert (await one.hear("leave", topic="topic:a"))["message"]["key"] in ("emma", "james")


async def test_javascript_sends_over_http_to_the_port_of_the_socket(open_topics: Database) -> None:
    wedding = Wedding.new(open_topics)
    async with (
        running_node(open_topics) as node,
        client_of(node, CURRENT, wedding.token) as client,
        open_socket(node.port, token(uuid4())) as other,
    ):
        await other.join("topic:a/b", private=True)
        await client.do("http_send", topic="topic:a/b", event="moved", payload={"n": 1})
        assert (await client.hear("sent"))["outcome"] == {"success": True}
        await client.do("send", topic="topic:a/b", event="moved", payload={"n": 2})
        assert (await client.hear("sent"))["outcome"] == "ok"
        for number in (1, 2):
            assert (await other.hear("broadcast")).payload["payload"] == {"n": number}
        await client.do("http_send", topic=wedding.topic, event="moved", payload={"n": 3})
        assert "permissions" in (await client.hear("sent"))["outcome"]


async def test_the_older_javascript_client_sends_over_http_before_it_joins(open_topics: Database) -> None:
    async with (
        running_node(open_topics) as node,
        client_of(node, BEFORE_2_90) as client,
        open_socket(node.port, token(uuid4())) as other,
    ):
        await other.join("topic:a", private=True)
        await client.do("send", topic="topic:a", event="moved", payload={"n": 2})
        assert (await client.hear("sent"))["outcome"] == "ok"
        assert (await other.hear("broadcast")).payload["payload"] == {"n": 2}


async def test_javascript_hears_stored_messages_again(open_topics: Database) -> None:
    key = token(uuid4())
    async with running_node(open_topics) as node, client_of(node, CURRENT, key) as client:
        for number in range(5):
            await client.do("http_send", topic="topic:a", event="moved", payload={"n": number})
            await client.hear("sent")
        async with client_of(node, CURRENT, key) as late:
            await joined(late, "topic:a", private=True, broadcast={"replay": {"since": 1, "limit": 3}})
            heard = [(await late.hear("broadcast"))["message"] for _ in range(3)]
            assert [message["payload"]["n"] for message in heard] == [2, 3, 4]
            assert [message["meta"]["replayed"] for message in heard] == [True] * 3


@pytest.mark.proves("F000-71", "F000-72")
async def test_python_broadcasts_and_presence(open_topics: Database) -> None:
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    async with running_node(open_topics) as node:
        url = f"ws://127.0.0.1:{node.port}/realtime/v1"
        emma, james = AsyncRealtimeClient(url, token(uuid4())), AsyncRealtimeClient(url, token(uuid4()))
        channels = {}
        for name, client in (("emma", emma), ("james", james)):
            await client.connect()
            channel = client.channel("topic:a", {"config": {"presence": {"key": name, "enabled": True}}})
            channels[name] = channel
            joined_now = asyncio.Event()
            if name == "james":
                channel.on_broadcast("moved", lambda message: heard.put_nowait(("broadcast", message)))
            channel.on_presence_sync(
                lambda name=name: heard.put_nowait((f"sync {name}", dict(channels[name].presence_state())))
            )
            await channel.subscribe(
                lambda status, _error, ready=joined_now: ready.set() if status == "SUBSCRIBED" else None
            )
            async with asyncio.timeout(20):
                await joined_now.wait()
        await channels["emma"].send_broadcast("moved", {"seat": 7})
        await channels["emma"].track({"page": "seating"})
        async with asyncio.timeout(20):
            message = None
            state: Any = {}
            while message is None or "emma" not in state:
                kind, value = await heard.get()
                if kind == "broadcast":
                    message = value
                elif kind == "sync james":
                    state = value
            assert message["payload"] == {"seat": 7}
            assert state["emma"][0]["page"] == "seating"
            await emma.close()
            while "emma" in state:
                kind, value = await heard.get()
                if kind == "sync james":
                    state = value
        await james.close()
