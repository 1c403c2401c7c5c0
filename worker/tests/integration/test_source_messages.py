"""The raw messages of the source as events of a channel: presence_update, collaboration_event, data_sync, ping."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from harness.database import Database
from harness.sockets import Socket, open_socket, until
from harness.tokens import SECRET
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.node import Node
from wedsync.settings import Settings


async def send(socket: Socket, topic: str, kind: str, data: object = None) -> dict[str, Any]:
    """The reply to a raw message."""
    return await socket.reply(await socket.send(f"realtime:{topic}", kind, {"type": kind, "data": data}))


def reason(reply: Mapping[str, Any]) -> str:
    assert reply["status"] == "error", reply
    text: str = reply["response"]["reason"]
    return text


@pytest.mark.proves("F004-59")
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_a_collaboration_event_tells_who_sent_it_whatever_the_client_claims(
    database18: Database, version: str
) -> None:
    wedding = Wedding.new(database18)
    topic = f"wedding:{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token, version=version) as one,
        open_socket(node.port, wedding.token) as two,
    ):
        await one.join(topic)
        await two.join(topic)
        event = {"type": "task_done", "data": {"task": 7}, "userId": "somebody else", "clientVersion": "4.2"}
        assert (await send(one, topic, "collaboration_event", event))["status"] == "ok"
        message = (await two.hear("broadcast")).payload
        payload = message["payload"]
        assert message["event"] == "collaboration_event"
        assert message["meta"]["id"] == payload.pop("id")
        assert payload.pop("timestamp").endswith("Z")
        assert payload == {
            "type": "task_done", "userId": str(wedding.emma.id), "data": {"task": 7}, "causality": None,
            "metadata": {"source": "websocket", "clientVersion": "4.2"},
        }  # fmt: skip
        assert "broadcast" not in [heard.event for heard in await one.drained()], "nobody hears oneself"
        for bad in (None, {}, {"type": ""}, {"type": 5}, {"type": "x" * 256}):
            assert reason(await send(one, topic, "collaboration_event", bad)).startswith("MalformedEvent: ")
        large = {"type": "x", "data": "y" * 3_145_728}
        assert reason(await send(one, topic, "collaboration_event", large)).startswith("PayloadTooLarge: ")
        assert "broadcast" not in [heard.event for heard in await two.drained()]


async def test_nobody_sends_in_the_name_of_the_server(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    database18.query("insert into wedsync_data.free_topics values ('^topic:', 'chats')")
    topic, chat = f"wedding:{wedding.id}", "topic:ours"
    async with (
        running_node(database18) as node,
        open_socket(node.port, caterer.token) as one,
        open_socket(node.port, wedding.token) as two,
    ):
        for socket in (one, two):
            await socket.join(topic, broadcast={"ack": True})
            await socket.join(chat, broadcast={"ack": True})

        assert list(node.rules.rules.server_events) == database18.value("select wedsync_internal.server_events()")

        async def broadcast(where: str, event: str, payload: dict[str, Any]) -> dict[str, Any]:
            message = {"type": "broadcast", "event": event, "payload": payload}
            return await one.reply(await one.send(f"realtime:{where}", "broadcast", message))

        forged = {"type": "x", "userId": str(wedding.emma.id)}
        for event in ("wedding_deleted", "core_fields_updated", "user_left", "collaboration_event"):
            assert reason(await broadcast(topic, event, forged)).startswith("EventReserved: ")
        ref = await one.send_binary(f"realtime:{topic}", "wedding_deleted", b"{}")
        assert reason(await one.reply(ref)).startswith("EventReserved: ")
        assert "broadcast" not in [heard.event for heard in await two.drained()]
        assert (await broadcast(chat, "user_left", {}))["status"] == "ok", "there the server says nothing"
        assert (await broadcast(topic, "seat_moved", {}))["status"] == "ok"
        assert {(await two.hear("broadcast")).payload["event"] for _ in range(2)} == {"user_left", "seat_moved"}


@pytest.mark.proves("F004-61")
async def test_what_broadcast_and_presence_refuse_is_refused(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        refused = await send(socket, wedding.topic, "collaboration_event", {"type": "x"})
        assert reason(refused).startswith("BroadcastNotAllowed: ")
        assert reason(await send(socket, wedding.topic, "presence_update")).startswith("PresenceRefused: ")
        await socket.join("core-fields")
        assert reason(await send(socket, "core-fields", "presence_update", {})).startswith("PresenceNotAvailable: ")
        assert reason(await send(socket, "core-fields", "data_sync", {"after_seq": 0})).startswith("SyncNotAvailable: ")
        wedding.adults(101)
        await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")


@pytest.mark.proves("F004-59")
async def test_a_sync_sends_what_the_caller_may_see_page_by_page(database18: Database) -> None:
    wedding = Wedding.new(database18)
    chef = wedding.supplier("guest_numbers")
    for number in range(101, 106):
        wedding.update({"wedding.guestCount.adults": number, "budget.total": 31000 + number})
    wedding.update({"budget.total": 31234})
    async with running_node(database18) as node, open_socket(node.port, chef.token) as socket:
        await socket.join(wedding.topic)
        heard: list[Any] = []
        after, more = 0, True
        while more:
            ends = (await send(socket, wedding.topic, "data_sync", {"after_seq": after, "max_rows": 2}))["response"]
            page = (await socket.hear("data_sync")).payload
            assert {name: page[name] for name in ends} == ends
            assert len(page["events"]) <= 2
            heard += page["events"]
            after, more = ends["last_seq"], ends["more"]
        adults = [each["payload"]["data"].get("wedding.guestCount.adults") for each in heard]
        assert [number for number in adults if number] == [101, 102, 103, 104, 105]
        assert "budget" not in str(heard)
        assert "31" not in str([each["payload"]["data"] for each in heard])
        assert all(each["meta"]["replayed"] for each in heard)
        wedding.revoke(chef)
        await socket.hear("phx_close")
        assert reason(await send(socket, wedding.topic, "data_sync", {"after_seq": 0})) == "unmatched topic"


@pytest.mark.proves("F004-98")
async def test_one_page_at_a_time_within_the_rate_of_messages_and_reads(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        ask = {"type": "data_sync", "data": {"after_seq": 0}}
        first, second = [await socket.send(f"realtime:{wedding.topic}", "data_sync", ask) for _ in range(2)]
        assert reason(await socket.reply(second)).startswith("SyncInProgress: ")
        assert (await socket.reply(first))["status"] == "ok"
        database18.query("update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'core-fields-read'")
        outcomes = [await send(socket, wedding.topic, "data_sync", {"after_seq": 0}) for _ in range(2)]
        assert reason(outcomes[-1]).startswith("SyncRateLimitReached: ")
        database18.query("update wedsync_data.settings set value = '0' where name = 'messages_per_second'")
        await node.rules.read()
        refused = await send(socket, wedding.topic, "data_sync", {"after_seq": 0})
        assert reason(refused).startswith("MessageRateLimitReached: ")
        assert (await send(socket, wedding.topic, "ping"))["status"] == "ok"


@pytest.mark.proves("F004-61")
async def test_a_database_that_is_away_is_a_reason(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        database18.query("revoke execute on function wedsync_internal.synced_events from wedsync_worker")
        refused = await send(socket, wedding.topic, "data_sync", {"after_seq": 0})
        assert reason(refused).startswith("UnableToConnectToProject: ")


async def test_nobody_joins_before_the_reserved_names_are_known(database18: Database) -> None:
    database18.query("revoke execute on function wedsync_internal.worker_settings() from wedsync_worker")
    dsn = database18.worker_dsn
    async with Node(Settings(dsn=dsn, listen_dsn=dsn, jwt_secret=SECRET, socket_port=0)) as node:
        await asyncio.wait_for(node.relay.ready.wait(), 20)
        assert not node.ready()
        database18.query("grant execute on function wedsync_internal.worker_settings() to wedsync_worker")
        await until(node.ready, 20)
        assert "user_joined" in node.rules.rules.server_events
