"""The stock Python client `realtime`, which speaks version 1 without join_ref, against a real database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from harness.database import Database
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node
from realtime import AsyncRealtimeChannel, AsyncRealtimeClient, RealtimeSubscribeStates

from wedsync.node import Node

pytestmark = pytest.mark.slow


async def connected(
    node: Node, token: str, topic: str, event: str, heard: asyncio.Queue[tuple[str, Any]]
) -> tuple[AsyncRealtimeClient, AsyncRealtimeChannel]:
    """A client and its channel, yet to be subscribed, that puts what it hears of an event and of the system into a queue."""
    client = AsyncRealtimeClient(f"ws://127.0.0.1:{node.port}/realtime/v1", token)
    await client.connect()
    channel = client.channel(topic)
    channel.on_broadcast(event, lambda message: heard.put_nowait(("broadcast", message)))
    channel.on_system(lambda message: heard.put_nowait(("system", message)))
    return client, channel


@pytest.mark.proves("F000-53", "F000-54", "F000-69")
async def test_it_hears_broadcasts_and_row_changes_projected_to_its_rights(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    async with running_node(database18) as node:
        client, channel = await connected(node, caterer.token, wedding.topic, "core_fields_updated", heard)
        channel.on_postgres_changes(
            "UPDATE", lambda message: heard.put_nowait(("change", message)),
            table="core_fields", schema="wedsync", filter=wedding.binding["filter"],
        )  # fmt: skip
        await channel.subscribe(lambda status, error: heard.put_nowait(("status", status)))
        async with asyncio.timeout(20):
            await heard_kind(heard, "system")
        wedding.update({"wedding.guestCount.adults": 120, "budget.total": 31234})
        async with asyncio.timeout(20):
            broadcast = (await heard_kind(heard, "broadcast"))[1]
            change = (await heard_kind(heard, "change"))[1]
        await channel.unsubscribe()
        await client.close()
    assert "120" in str(broadcast)
    assert change["data"]["record"]["guest_count"]["adults"] == 120
    assert "31234" not in str((broadcast, change))


async def test_a_message_that_it_cannot_read_is_told_instead_and_costs_it_nothing(database18: Database) -> None:
    wedding = Wedding.new(database18)
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    async with running_node(database18) as node:
        client, channel = await connected(node, wedding.token, wedding.topic, "picture", heard)
        await channel.subscribe(lambda status, error: heard.put_nowait(("status", status)))
        async with asyncio.timeout(20):
            await heard_kind(heard, "status")
        for size in (2_000_000, 1_000_000):
            database18.query(
                "select wedsync.broadcast(%s, 'picture', jsonb_build_object('data', repeat('x', %s)))",
                wedding.topic,
                size,
            )
        async with asyncio.timeout(20):
            while "left out: broadcast" not in str(await heard_kind(heard, "system")):
                pass
            picture = (await heard_kind(heard, "broadcast"))[1]
        await client.close()
        assert "closed{" not in str(node.snapshot())
    assert len(picture["payload"]["data"]) == 1_000_000


async def test_a_broadcast_that_is_no_object_is_told_instead(database18: Database) -> None:
    wedding = Wedding.new(database18)
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    topic = f"wedding:{wedding.id}"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as sender:
        client, channel = await connected(node, wedding.token, topic, "moved", heard)
        await channel.subscribe()
        await sender.join(topic)
        payloads: list[object] = [[1, 2], "text", 5, {"seat": 1}]
        for payload in payloads:
            message = {"type": "broadcast", "event": "moved", "payload": payload}
            await sender.send(f"realtime:{topic}", "broadcast", message, join_ref=topic)
        await sender.send_binary(f"realtime:{topic}", "moved", b"[1]", join_ref=topic)
        async with asyncio.timeout(20):
            kinds = [await heard.get() for _ in range(5)]
        await client.close()
    assert [kind for kind, _ in kinds] == ["system"] * 3 + ["broadcast", "system"]
    assert kinds[3][1]["payload"] == {"seat": 1}
    for kind, message in kinds:
        assert kind == "broadcast" or message.message.startswith(
            "left out: broadcast moved, whose payload is no object"
        )


@pytest.mark.filterwarnings(r"ignore:ConnectionClosed\.(code|reason) is deprecated:DeprecationWarning")
async def test_with_a_key_that_lasts_it_joins_again_by_itself_with_the_token_of_now(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer, stranger = wedding.supplier("wedding.guestCount"), wedding.supplier()
    states: list[RealtimeSubscribeStates] = []
    async with running_node(database18) as node:
        client = AsyncRealtimeClient(f"ws://127.0.0.1:{node.port}/realtime/v1", token(None, "anon"))
        await client.set_auth(stranger.token)
        channel = client.channel(wedding.topic)
        await channel.subscribe(lambda status, _error: states.append(status))
        assert states == [RealtimeSubscribeStates.CHANNEL_ERROR]
        await client.set_auth(caterer.token)
        await until(lambda: states[-1] is RealtimeSubscribeStates.SUBSCRIBED)
        before = len(states)
        node.gateway.restart_all("a test says so")
        await until(lambda: len(states) >= before + 2)
        assert states[before:] == [RealtimeSubscribeStates.CHANNEL_ERROR, RealtimeSubscribeStates.SUBSCRIBED]
        await client.close()


async def heard_kind(queue: asyncio.Queue[tuple[str, Any]], kind: str) -> tuple[str, Any]:
    while True:
        item = await queue.get()
        if item[0] == kind:
            return item
