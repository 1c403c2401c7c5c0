"""What clients broadcast to each other, within one process and between processes, on both buses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import psutil
import pytest
from harness.accidents import kill_sessions
from harness.database import Database
from harness.nats import NatsServer
from harness.sockets import PATIENCE, Socket, open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node, running_worker

from wedsync.node import Node

MESSAGE = {"type": "broadcast", "event": "moved", "payload": {"seat": 7}}


@pytest.fixture
def open_topics(database18: Database) -> Database:
    """Anybody who is signed in may join topic:<anything>."""
    database18.query("insert into wedsync_data.free_topics (pattern, description) values ('^topic:', 'for tests')")
    return database18


def someone() -> str:
    return token(uuid4())


@asynccontextmanager
async def two_nodes(database: Database, bus: str) -> AsyncIterator[tuple[Node, Node]]:
    async with running_node(database, bus=bus) as one, running_node(database, bus=bus) as two:
        async with open_socket(one.port, someone()) as first, open_socket(two.port, someone()) as second:
            for socket in (first, second):
                await socket.join("topic:first-words")
            await hear_each_other([first, second], "topic:first-words")
        yield one, two


async def hear_each_other(sockets: list[Socket], topic: str) -> None:
    """Return when the bus carries broadcasts from each socket to all others; what was said for that is taken away."""
    for sender in sockets:
        others = [socket for socket in sockets if socket is not sender]
        async with asyncio.timeout(PATIENCE):
            while not all(any(heard.event == "broadcast" for heard in socket.inbox) for socket in others):
                await say(sender, topic)
                await asyncio.sleep(0.05)
        for socket in sockets:
            # no later than what it was told before
            await socket.drained()


async def say(socket: Socket, topic: str, message: object = MESSAGE) -> str:
    return await socket.send(f"realtime:{topic}", "broadcast", message)


async def reason(socket: Socket, ref: str) -> str:
    reply = await socket.reply(ref)
    assert reply["status"] == "error", reply
    text: str = reply["response"]["reason"]
    return text


def contents(messages: list[Any]) -> list[Any]:
    return [message.payload["payload"] for message in messages if message.event == "broadcast"]


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_the_others_hear_it_and_the_sender_only_with_self(open_topics: Database, version: str) -> None:
    async with (
        running_node(open_topics) as node,
        open_socket(node.port, someone(), version=version) as sender,
        open_socket(node.port, someone()) as other,
        open_socket(node.port, someone(), version="1.0.0") as old,
    ):
        for socket in (sender, other, old):
            await socket.join("topic:a")
        await say(sender, "topic:a")
        for socket in (other, old):
            heard = await socket.hear("broadcast")
            assert (heard.topic, heard.join_ref, heard.ref) == ("realtime:topic:a", None, None)
            assert {name: heard.payload[name] for name in MESSAGE} == MESSAGE
            assert list(heard.payload["meta"]) == ["id"]
        assert await sender.drained() == []
        await sender.join("topic:a", broadcast={"self": True, "ack": True})
        sender.inbox.clear()
        reply = await sender.reply(await say(sender, "topic:a"))
        assert reply == {"status": "ok", "response": {}}
        assert (await sender.hear("broadcast")).payload["event"] == "moved"


async def test_binary_json_and_opaque_bytes_reach_those_who_can_read_them(open_topics: Database) -> None:
    async with (
        running_node(open_topics) as node,
        open_socket(node.port, someone()) as sender,
        open_socket(node.port, someone()) as other,
        open_socket(node.port, someone(), version="1.0.0") as old,
    ):
        await sender.join("topic:a", broadcast={"ack": True})
        await other.join("topic:a")
        await old.join("topic:a")
        for payload, encoding in ((b"\x00\xff\xfe", 0), (b'{"seat": 8}', 1)):
            ref = await sender.send_binary("realtime:topic:a", "moved", payload, encoding=encoding)
            assert (await sender.reply(ref))["status"] == "ok"
        assert (await other.hear("broadcast")).payload["payload"] == b"\x00\xff\xfe"
        assert (await other.hear("broadcast")).payload["payload"] == {"seat": 8}
        assert contents(await old.drained()) == [{"seat": 8}]


async def test_private_and_public_channels_of_one_name_are_two(open_topics: Database) -> None:
    async with (
        running_node(open_topics) as node,
        open_socket(node.port, someone()) as sender,
        open_socket(node.port, someone()) as private,
        open_socket(node.port, someone()) as public,
    ):
        await sender.join("topic:a", private=True)
        await private.join("topic:a", private=True)
        await public.join("topic:a")
        await say(sender, "topic:a")
        await private.hear("broadcast")
        assert contents(await public.drained()) == []


async def test_a_channel_of_the_catalogue_is_one_whatever_the_private_flag(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"wedding:{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as sender,
        open_socket(node.port, wedding.token) as other,
    ):
        await sender.join(topic, private=True)
        await other.join(topic)
        await say(sender, topic)
        assert (await other.hear("broadcast")).payload["payload"] == {"seat": 7}


async def test_an_id_in_capitals_names_the_same_channel_and_each_hears_its_own_spelling(database18: Database) -> None:
    wedding = Wedding.new(database18)
    small, capital = f"wedding:{wedding.id}", f"wedding:{str(wedding.id).upper()}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as web,
        open_socket(node.port, wedding.token) as phone,
    ):
        await web.join(small)
        await phone.join(capital)
        for sender, spelled, other, expected in ((web, small, phone, capital), (phone, capital, web, small)):
            await say(sender, spelled)
            heard = await other.hear("broadcast")
            assert (heard.topic, heard.payload["payload"]) == (f"realtime:{expected}", {"seat": 7})
        wedding.emma.call("select wedsync.broadcast(%s, 'note', '{}')", capital)
        for socket, spelled in ((web, small), (phone, capital)):
            heard = await socket.hear("broadcast")
            assert (heard.topic, heard.payload["event"]) == (f"realtime:{spelled}", "note")


def test_only_the_id_at_the_end_of_a_topic_may_be_spelt_in_capitals(database18: Database) -> None:
    id_ = "AABBCCDD-1234-ABCD-9876-0123456789AF"
    spellings = [
        f"wedding:{id_}",
        id_,
        f"{id_}\n",
        f"{id_} ",
        f"x{id_}:Y",
        f"Core_{id_[1:]}",
        f"A{id_}",
        f"É{id_}",
        "Core-Fields",
        "",
    ]
    kept = database18.value(
        "select array_agg(wedsync_internal.canonical_topic(t) order by n) from unnest(%s::text[]) with ordinality as t (t, n)",
        spellings,
    )
    small = {f"wedding:{id_}", id_, f"A{id_}", f"É{id_}"}
    assert kept == [each.replace(id_, id_.lower()) if each in small else each for each in spellings]


@pytest.mark.proves("F004-61")
async def test_a_broadcast_that_may_not_be_is_refused_with_a_reason_and_the_channel_stays(database18: Database) -> None:
    wedding = Wedding.new(database18)
    database18.query("insert into wedsync_data.free_topics (pattern, description) values ('^topic:', 'for tests')")
    database18.query("update wedsync_data.settings set value = '2000' where name = 'message_max_bytes'")
    database18.query("update wedsync_data.settings set value = '2' where name = 'messages_per_second'")
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as socket,
        open_socket(node.port, someone()) as other,
    ):
        await until(lambda: node.rules.rules.message_max_bytes == 2000)
        await socket.join(wedding.topic)
        await socket.join("topic:a", broadcast={"ack": True})
        await other.join("topic:a")
        assert (await reason(socket, await say(socket, wedding.topic))).startswith("BroadcastNotAllowed: ")
        binary = await socket.send_binary(f"realtime:{wedding.topic}", "x", b"{}")
        assert (await reason(socket, binary)).startswith("BroadcastNotAllowed: ")
        assert (await reason(socket, await say(socket, "topic:a", {"payload": {}}))).startswith("MalformedBroadcast: ")
        large = {**MESSAGE, "payload": {"x": "y" * 3000}}
        assert (await reason(socket, await say(socket, "topic:a", large))).startswith("PayloadTooLarge: ")
        # Four of the twenty messages that ten seconds allow have been spent.
        refs = [await say(socket, "topic:a") for _ in range(30)]
        outcomes = [(await socket.reply(ref))["status"] for ref in refs]
        assert 16 <= outcomes.count("ok") <= 18
        assert outcomes[-1] == "error"
        assert len(contents(await other.drained())) == outcomes.count("ok")
        assert (await reason(socket, await say(socket, "topic:a"))).startswith("MessageRateLimitReached: ")
        async with asyncio.timeout(PATIENCE):
            while (await socket.reply(await say(socket, "topic:a")))["status"] != "ok":  # noqa: ASYNC110
                await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_they_reach_other_processes_once_in_order_and_whatever_their_size(
    open_topics: Database, bus: str
) -> None:
    async with (
        two_nodes(open_topics, bus) as (one, two),
        open_socket(one.port, someone()) as sender,
        open_socket(one.port, someone()) as near,
        open_socket(two.port, someone()) as far,
        open_socket(two.port, someone()) as public,
    ):
        await sender.join("topic:a", private=True)
        await near.join("topic:a", private=True)
        await far.join("topic:a", private=True)
        await public.join("topic:a")
        sizes = [10, 9_000, 20, 1_500_000, 30] + [10] * 50
        for number, size in enumerate(sizes):
            await say(sender, "topic:a", {**MESSAGE, "payload": {"n": number, "x": "é" * (size // 2)}})
        await sender.send_binary("realtime:topic:a", "end", b"\x00\xff", encoding=0)
        for socket in (near, far):
            heard = [(await socket.hear("broadcast", within=20)).payload["payload"] for _ in range(len(sizes) + 1)]
            assert [payload["n"] for payload in heard[:-1]] == list(range(len(sizes)))
            assert [len(payload["x"]) for payload in heard[:-1]] == [size // 2 for size in sizes]
            assert heard[-1] == b"\x00\xff"
        for socket in (near, far, public, sender):
            assert contents(await socket.drained()) == []


@pytest.mark.slow
async def test_a_lost_listening_session_is_repaired_and_broadcasts_go_on(open_topics: Database) -> None:
    async with (
        two_nodes(open_topics, "postgres") as (one, two),
        open_socket(one.port, someone()) as sender,
        open_socket(two.port, someone()) as far,
    ):
        await sender.join("topic:a")
        await far.join("topic:a")
        assert kill_sessions(open_topics, "wedsync doorbell") == 2
        await until(lambda: one.listener.reconnects > 0 and two.listener.reconnects > 0)
        await until(lambda: one.listener.receives and two.listener.receives)
        await say(sender, "topic:a")
        await far.hear("broadcast")


@pytest.mark.slow
async def test_a_broker_that_goes_and_comes_back_costs_nothing_that_was_sent_meanwhile(
    open_topics: Database, nats_server: NatsServer
) -> None:
    async with (
        two_nodes(open_topics, nats_server.url) as (one, two),
        open_socket(one.port, someone()) as sender,
        open_socket(two.port, someone()) as far,
    ):
        await sender.join("topic:a")
        await far.join("topic:a")
        await say(sender, "topic:a", {**MESSAGE, "payload": {"n": 1}})
        assert (await far.hear("broadcast")).payload["payload"] == {"n": 1}
        await asyncio.to_thread(nats_server.stop)
        await say(sender, "topic:a", {**MESSAGE, "payload": {"n": 2}})
        await asyncio.to_thread(nats_server.start)
        deadline = asyncio.get_running_loop().time() + 20
        number = 3
        while asyncio.get_running_loop().time() < deadline:
            await say(sender, "topic:a", {**MESSAGE, "payload": {"n": number}})
            number += 1
            await asyncio.sleep(0.3)
            if any(heard.event == "broadcast" for heard in far.inbox):
                break
        numbers = [payload["n"] for payload in contents(await far.drained())]
        assert numbers, "the bus did not come back"
        assert numbers == sorted(set(numbers))


async def on_both_processes(stack: AsyncExitStack, database: Database, port: int) -> list[Socket]:
    """Sockets on topic:a with their number as presence key, at least eight, some at each of two gateways.

    The kernel chooses the gateway by the source port, so it takes as many as it takes.
    """
    nodes = "select count(distinct node) from wedsync_data.subscriptions where active"
    sockets: list[Socket] = []
    while len(sockets) < 8 or database.value(nodes) < 2:
        assert len(sockets) < 60, "all sockets came to one process"
        socket = await stack.enter_async_context(open_socket(port, someone()))
        await socket.join("topic:a", presence={"enabled": True, "key": str(len(sockets))})
        sockets.append(socket)
    return sockets


@pytest.mark.slow
async def test_the_processes_of_one_worker_are_one(open_topics: Database, bus: str) -> None:
    async with running_worker(open_topics, gateways=2, WEDSYNC_BUS=bus) as worker, AsyncExitStack() as stack:
        await worker.until_ready()
        sockets = await on_both_processes(stack, open_topics, worker.socket_port)
        await hear_each_other(sockets, "topic:a")
        for number, sender in enumerate(sockets):
            await say(sender, "topic:a", {**MESSAGE, "payload": {"n": number}})
        for number, socket in enumerate(sockets):
            heard = {(await socket.hear("broadcast")).payload["payload"]["n"] for _ in sockets[1:]}
            assert heard == set(range(len(sockets))) - {number}
        assert await worker.end() == 0


def shown(socket: Socket) -> set[str]:
    """Keys of those that a socket has been told of."""
    keys: set[str] = set()
    for message in socket.inbox:
        if message.event == "presence_state":
            keys |= set(message.payload)
        elif message.event == "presence_diff":
            keys |= set(message.payload["joins"])
    return keys


@pytest.mark.slow
@pytest.mark.proves("C-58")
async def test_people_of_a_process_that_was_killed_leave(open_topics: Database) -> None:
    async with running_worker(open_topics, gateways=2) as worker, AsyncExitStack() as stack:
        await worker.until_ready()
        sockets = {
            str(number): socket
            for number, socket in enumerate(await on_both_processes(stack, open_topics, worker.socket_port))
        }
        for number, socket in sockets.items():
            payload = {"event": "track", "payload": {"n": number}}
            assert (await socket.reply(await socket.send("realtime:topic:a", "presence", payload)))["status"] == "ok"
        keys = set(sockets)
        await until(lambda: all(shown(socket) == keys for socket in sockets.values()))
        victim = psutil.Process(worker.process.pid).children()
        gateways = [process for process in victim if any("gateway_process" in word for word in process.cmdline())]
        held = open_topics.value(
            """select count(*) from wedsync_data.subscriptions as s
            join wedsync_data.relay_nodes as n using (node) where n.pid = %s and s.active""",
            gateways[0].pid,
        )
        gateways[0].kill()
        await until(lambda: sum(socket.connection.close_code is not None for socket in sockets.values()) == held)
        gone = {key for key, socket in sockets.items() if socket.connection.close_code is not None}
        left = [socket for key, socket in sockets.items() if key not in gone]
        assert gone
        assert left
        missing = set(gone)
        while missing:
            payload = (await left[0].hear("presence_diff", within=25)).payload
            missing -= set(payload["leaves"])
            assert set(payload["leaves"]) <= gone


@pytest.mark.slow
async def test_whatever_is_sent_the_socket_stays_and_the_others_hear_only_what_is_whole(open_topics: Database) -> None:
    dice = random.Random(7)
    odd: list[Any] = [None, 5, "", "x", [], {}, {"event": None}, {"event": 5, "payload": {}}, {"event": "x" * 999}]
    odd += [
        {"event": "track", "payload": odd[0]},
        {"event": [], "payload": {}},
        {"event": "a\ud800"},
        {"event": "untrack"},
    ]
    async with (
        running_node(open_topics) as node,
        open_socket(node.port, someone()) as sender,
        open_socket(node.port, someone()) as other,
    ):
        await sender.join("topic:a", presence={"key": "ids"})
        await other.join("topic:a")
        for number in range(400):
            kind = dice.randrange(4)
            if kind == 0:
                header = bytes((3, *(dice.randrange(30) for _ in range(5)), dice.randrange(3)))
                await sender.connection.send(header + dice.randbytes(dice.randrange(120)))
            elif kind == 1:
                await sender.send_binary("realtime:topic:a", "x", dice.randbytes(5), meta="no json")
            else:
                event = "broadcast" if kind == 2 else "presence"
                await sender.send("realtime:topic:a", event, dice.choice(odd))
            if number % 50 == 0:
                await say(sender, "topic:a", {**MESSAGE, "payload": {"n": number}})
        await sender.drained()
        heard = [message for message in await other.drained() if message.event == "broadcast"]
        whole = [message.payload["payload"]["n"] for message in heard if message.payload["event"] == "moved"]
        assert whole == list(range(0, 400, 50))
        assert {message.payload["event"] for message in heard} == {"moved", "track", "untrack"}
