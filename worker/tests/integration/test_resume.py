"""Coming back: from where the client had come for certain, without a gap, in order, and only for whom it is meant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from harness.database import Database
from harness.sockets import Heard, Socket, open_socket, until
from harness.weddings import Wedding
from harness.worker import confirmed_past, running_node

from wedsync.node import Node
from wedsync.server.host import Limits

pytestmark = pytest.mark.usefixtures("each_bus")
QUICK = Limits(ping_seconds=0.3, sweep_seconds=0.05)


@asynccontextmanager
async def tab(node: Node, wedding: Wedding, session: str | None, topic: str | None = None) -> AsyncIterator[Socket]:
    """A joined socket of Emma, with the session in its address, that breaks off at the end."""
    path = "/realtime/v1/websocket" if session is None else f"/realtime/v1/websocket?session={session}"
    async with open_socket(node.port, wedding.token, path=path) as socket:
        await socket.join(topic or wedding.topic, postgres_changes=[wedding.binding] if topic is None else [])
        yield socket
        socket.connection.transport.abort()


def places(heard: list[Heard]) -> list[tuple[str, int]]:
    """Weddings and positions of the broadcasts about their fields."""
    bodies = [
        message.payload["payload"]
        for message in heard
        if message.event == "broadcast" and message.payload["event"] == "core_fields_updated"
    ]
    return [(body["couple_id"], body["metadata"]["seq"]) for body in bodies]


def seqs(heard: list[Heard]) -> list[int]:
    """The positions alone."""
    return [seq for _, seq in places(heard)]


def last(wedding: Wedding) -> int:
    seq: int = wedding.emma.database.value("select max(seq) from wedsync_data.events where couple_id = %s", wedding.id)
    return seq


async def gone(database: Database, wedding: Wedding) -> None:
    await until(
        lambda: database.value(
            "select count(*) from wedsync_data.subscriptions where active and user_id = %s", wedding.emma.id
        ) == 0
    )  # fmt: skip


async def all_heard(socket: Socket, *weddings: Wedding) -> list[Heard]:
    """Everything up to the last change of these weddings; without any, what is on its way now."""
    for wedding in weddings:
        place = str(wedding.id), last(wedding)
        await until(lambda place=place: place in places(socket.inbox))  # type: ignore[misc]
    await asyncio.sleep(0.1 if weddings else 0.4)
    return await socket.drained()


async def confirmed(node: Node) -> None:
    """Wait until the one socket of the node has confirmed what it has heard."""
    mark = node.relay.checkpoints.number
    await until(lambda: all(confirmed_past(each, mark) for each in node.gateway.connections))


@pytest.mark.proves("F002-36")
@pytest.mark.parametrize("session", ["tab-1", None])
async def test_what_was_missed_comes_after_the_reply_and_before_what_is_new(
    database18: Database, session: str | None
) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with tab(node, wedding, session):
            start = last(wedding)
        await gone(database18, wedding)
        for number in range(5):
            wedding.adults(100 + number)
        async with tab(node, wedding, session) as socket:
            wedding.adults(200)
            heard = await all_heard(socket, wedding)
            assert seqs(heard) == list(range(start + 1, start + 7))
            replayed = [message.payload["meta"].get("replayed") for message in heard if message.event == "broadcast"]
            assert replayed == [True] * 5 + [None]
            changes = [message.payload["data"]["record"]["guest_count"]["adults"]
                       for message in heard if message.event == "postgres_changes"]  # fmt: skip
            assert changes == [100, 101, 102, 103, 104, 200]
            live = next(n for n, message in enumerate(heard) if message.event == "system")
            assert live == 10, "the feed is said to be live once everything missed has been sent"
        assert node.snapshot()['resumes_total{outcome="ok"}'] == 1


@pytest.mark.proves("F002-36")
async def test_stored_broadcasts_are_caught_up_as_well(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"wedding:{wedding.id}"
    send = "select wedsync.broadcast(%s, 'note', jsonb_build_object('number', %s::int))"
    async with running_node(database18) as node:
        async with tab(node, wedding, "tab-1", topic) as socket:
            wedding.emma.call(send, topic, 1)
            await socket.hear("broadcast")
        await gone(database18, wedding)
        for number in (2, 3):
            wedding.emma.call(send, topic, number)
        async with tab(node, wedding, "tab-1", topic) as socket:
            wedding.emma.call(send, topic, 4)
            await until(lambda: [m.event for m in socket.inbox].count("broadcast") >= 4)
            notes = [m.payload["payload"]["number"] for m in await all_heard(socket) if m.event == "broadcast"]
            # Nothing was confirmed by the first socket, so the first one may come again.
            assert notes == [1, 2, 3, 4]


@pytest.mark.proves("F002-36")
async def test_what_was_confirmed_does_not_come_again(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18, limits=QUICK) as node:
        async with tab(node, wedding, "tab-1") as socket:
            wedding.adults(100)
            await socket.hear("broadcast")
            await confirmed(node)
        await gone(database18, wedding)
        wedding.adults(101)
        async with tab(node, wedding, "tab-1") as socket:
            assert seqs(await all_heard(socket, wedding)) == [last(wedding)]


@pytest.mark.proves("F002-36")
async def test_who_dies_again_before_confirming_gets_it_again(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with tab(node, wedding, "tab-1"):
            start = last(wedding)
        for number in range(3):
            await gone(database18, wedding)
            wedding.adults(100 + number)
            async with tab(node, wedding, "tab-1") as socket:
                assert seqs(await all_heard(socket, wedding)) == list(range(start + 1, start + number + 2))


async def test_who_confirmed_what_it_missed_leaves_nothing_behind(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18, limits=QUICK) as node:
        async with tab(node, wedding, "tab-1"):
            pass
        await gone(database18, wedding)
        points = "select count(*) from wedsync_data.resume_points"
        assert database18.value(points) == 1
        async with tab(node, wedding, "tab-1") as socket:
            await until(lambda: database18.value(points) == 0)
            assert socket.connection.close_code is None


async def test_who_left_on_purpose_starts_afresh_and_so_does_another_tab(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with tab(node, wedding, "tab-1") as socket:
            await socket.reply(await socket.send(f"realtime:{wedding.topic}", "phx_leave", {}))
        async with tab(node, wedding, "tab-2"):
            pass
        await gone(database18, wedding)
        wedding.adults(100)
        for session in ("tab-1", "tab-3", None):
            async with tab(node, wedding, session) as socket:
                assert seqs(await all_heard(socket)) == []


@pytest.mark.proves("F002-36")
async def test_without_a_session_a_socket_that_may_be_lost_is_made_up_for(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, tab(node, wedding, None) as lost:
        # Its network went away, and nobody noticed: what it is sent now, it may never get.
        for number in (100, 101):
            wedding.adults(number)
        written = seqs(await all_heard(lost, wedding))
        async with tab(node, wedding, None) as socket:
            heard = await all_heard(socket, wedding)
            assert seqs(heard) == written
            assert all(message.payload["meta"]["replayed"] for message in heard if message.event == "broadcast")
            wedding.adults(102)
            assert len(seqs(await all_heard(socket, wedding))) == 1


@pytest.mark.proves("F002-36")
async def test_without_a_session_each_of_two_devices_gets_what_both_missed(database18: Database) -> None:
    wedding = Wedding.new(database18)
    clients = "select coalesce(sum(clients), 0) from wedsync_data.resume_points"
    async with running_node(database18, limits=QUICK) as node:
        async with tab(node, wedding, None), tab(node, wedding, None):
            # both are open before either is gone
            pass
        await gone(database18, wedding)
        assert database18.value(clients) == 2
        wedding.adults(100)
        for left in (1, 0):
            async with tab(node, wedding, None) as socket:
                await all_heard(socket, wedding)
                await until(lambda left=left: database18.value(clients) == left)
                await socket.reply(await socket.send(f"realtime:{wedding.topic}", "phx_leave", {}))
            await gone(database18, wedding)
        async with tab(node, wedding, None) as socket:
            assert seqs(await all_heard(socket)) == []


async def test_a_session_belongs_to_its_user(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    async with running_node(database18) as node:
        async with tab(node, wedding, "tab-1"):
            pass
        await gone(database18, wedding)
        wedding.adults(100)
        async with open_socket(node.port, caterer.token, path="/realtime/v1/websocket?session=tab-1") as socket:
            await socket.join(wedding.topic)
            assert seqs(await all_heard(socket)) == []


@pytest.mark.proves("F002-36")
async def test_an_id_in_capitals_goes_on_after_the_database_lost_its_subscriptions(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"core_fields_{str(wedding.id).upper()}"
    async with running_node(database18) as node, tab(node, wedding, "phone", topic):
        # What the worker saves when the database comes back without them.
        points = [point["topic"] for point in node.gateway.points() if point["session"] == "phone"]
    assert points == [f"core_fields_{wedding.id}"]


@pytest.mark.proves("F002-36")
@pytest.mark.parametrize(
    "accident",
    [
        "update wedsync_data.stream_epoch set epoch = gen_random_uuid()",
        "update wedsync_data.resume_points set saved_at = now() - interval '2 hours'",
    ],
    ids=["another history", "too long ago"],
)
async def test_who_cannot_go_on_is_told_to_read_a_fresh_snapshot(database18: Database, accident: str) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with tab(node, wedding, "tab-1"):
            pass
        await gone(database18, wedding)
        wedding.adults(100)
        database18.query(accident)
        async with tab(node, wedding, "tab-1") as socket:
            told = await socket.hear("system")
            assert told.payload == {
                "extension": "wedsync", "status": "ok", "message": "resync: read a fresh snapshot",
                "channel": wedding.topic,
            }  # fmt: skip
            assert seqs(await all_heard(socket)) == []


@pytest.mark.proves("F002-36")
async def test_a_notice_that_was_lost_with_the_socket_is_given_again(database18: Database) -> None:
    wedding = Wedding.new(database18)
    points = "select count(*) from wedsync_data.resume_points"
    async with running_node(database18, limits=QUICK) as node:
        async with tab(node, wedding, "tab-1"):
            pass
        await gone(database18, wedding)
        database18.query("update wedsync_data.resume_points set saved_at = now() - interval '8 hours'")
        async with open_socket(node.port, wedding.token, path="/realtime/v1/websocket?session=tab-1") as socket:
            await socket.connection.send(json.dumps(["1", "1", f"realtime:{wedding.topic}", "phx_join", {}]))
            await until(lambda: database18.value("select count(*) from wedsync_data.subscriptions where active") == 1)
            socket.connection.transport.abort()
        await gone(database18, wedding)
        async with tab(node, wedding, "tab-1") as socket:
            told = await socket.hear("system")
            assert told.payload["message"] == "resync: read a fresh snapshot"
            await until(lambda: database18.value(points) == 0)
        await gone(database18, wedding)
        wedding.adults(101)
        async with tab(node, wedding, "tab-1") as socket:
            assert seqs(await all_heard(socket, wedding)) == [last(wedding)], "from then on it goes on as ever"


@pytest.mark.proves("F002-36")
async def test_everything_within_reach_is_caught_up_on_a_channel_over_many_weddings(database18: Database) -> None:
    weddings = [Wedding.new(database18) for _ in range(2)]
    caterer = weddings[0].supplier("wedding.guestCount")
    weddings[1].grant(caterer, "wedding.guestCount")
    path = "/realtime/v1/websocket?session=tab-1"
    async with running_node(database18) as node:
        async with open_socket(node.port, caterer.token, path=path) as socket:
            await socket.join("core-fields")
            socket.connection.transport.abort()
        await until(lambda: database18.value("select count(*) from wedsync_data.subscriptions where active") == 0)
        for number in range(3):
            for wedding in weddings:
                wedding.adults(100 + number)
        async with open_socket(node.port, caterer.token, path=path) as socket:
            await socket.join("core-fields")
            for wedding in weddings:
                wedding.adults(200)
            heard = [m.payload["payload"] for m in await all_heard(socket, *weddings) if m.event == "broadcast"]
            for wedding in weddings:
                adults = [
                    body["data"]["wedding.guestCount.adults"] for body in heard if body["couple_id"] == str(wedding.id)
                ]
                assert adults == [100, 101, 102, 200]


@pytest.mark.proves("F002-36")
async def test_a_large_backlog_is_sent_as_fast_as_the_client_reads(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18, limits=Limits(buffer_bytes=100_000)) as node:
        async with tab(node, wedding, "tab-1"):
            start = last(wedding)
        await gone(database18, wedding)
        with database18.connect() as connection:
            for number in range(300):
                connection.execute(
                    "update wedsync_data.core_fields set private_notes = %s where couple_id = %s",
                    (f"{number} {'x' * 9000}", wedding.id),
                )
        async with tab(node, wedding, "tab-1") as socket:
            await until(lambda: len(seqs(socket.inbox)) == 300, 30)
            assert seqs(socket.inbox) == list(range(start + 1, start + 301))
        assert 'closed_total{reason="slow"}' not in node.snapshot()


@pytest.mark.proves("F002-36")
async def test_a_join_that_ends_before_its_reply_keeps_the_position(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with tab(node, wedding, "tab-1"):
            start = last(wedding)
        await gone(database18, wedding)
        wedding.adults(100)
        async with open_socket(node.port, wedding.token, path="/realtime/v1/websocket?session=tab-1") as socket:
            join = json.dumps(["1", "1", f"realtime:{wedding.topic}", "phx_join", {}])
            leave = json.dumps(["1", "2", f"realtime:{wedding.topic}", "phx_leave", {}])
            await socket.connection.send(join)
            await socket.connection.send(leave)
            await socket.reply("2")
        async with tab(node, wedding, "tab-1") as socket:
            assert seqs(await all_heard(socket, wedding)) == [start + 1]
