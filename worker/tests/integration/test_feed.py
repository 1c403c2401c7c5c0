"""Nodes that are fed over NATS: one of them reads the log for all, and whatever happens to it or to NATS costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgpack
import nats
import pytest
from harness.accidents import kill_sessions
from harness.database import Database
from harness.nats import NatsServer
from harness.sockets import PATH, Socket, open_socket, until
from harness.stream import Stream, writing
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.node import Node
from wedsync.services import broker
from wedsync.services.broker import parts
from wedsync.services.feed import subject_of, wake_subject


@asynccontextmanager
async def two_fed(database: Database, server: NatsServer) -> AsyncIterator[tuple[Node, Node]]:
    """The node that leads and one that does not."""
    async with running_node(database, bus=server.url) as one, running_node(database, bus=server.url) as two:
        await until(lambda: leads(one) or leads(two))
        yield (one, two) if leads(one) else (two, one)


@asynccontextmanager
async def two_listening(
    database: Database, server: NatsServer, wedding: Wedding
) -> AsyncIterator[tuple[Node, Node, Socket, Socket]]:
    """The same, each with a socket on the wedding's channel."""
    async with (
        two_fed(database, server) as (leader, other),
        open_socket(leader.port, wedding.token) as near,
        open_socket(other.port, wedding.token, path=f"{PATH}?session=far") as far,
    ):
        for socket in (near, far):
            await socket.join(wedding.topic)
        yield leader, other, near, far


def leads(node: Node) -> bool:
    return node.transport.leader is not None and node.transport.leader.leads


async def positions(socket: Socket, count: int) -> list[int]:
    """Positions of so many changes, in the order in which they were heard."""
    found = [(await socket.hear("broadcast")).payload["payload"]["metadata"]["seq"] for _ in range(count)]
    assert [message for message in await socket.drained() if message.event == "broadcast"] == []
    return found


async def more_is_heard(*sockets: Socket) -> None:
    """Wait until each has received several messages more."""
    wanted = [len(socket.inbox) + 5 for socket in sockets]
    await until(lambda: all(len(socket.inbox) >= count for socket, count in zip(sockets, wanted, strict=True)), 20)


@pytest.mark.proves("F003-73")
async def test_one_process_reads_the_log_and_the_other_is_sent_its_frames(
    database18: Database, nats_server: NatsServer
) -> None:
    wedding = Wedding.new(database18)
    async with two_listening(database18, nats_server, wedding) as (leader, other, near, far):
        # The first batch after a join may not join on; then nobody but the leader reads.
        await asyncio.to_thread(wedding.adults, 99)
        assert await positions(far, 1) == await positions(near, 1)
        alone = [node.relay.read_alone for node in (leader, other)]
        for number in range(100, 120):
            await asyncio.to_thread(wedding.adults, number)
            assert await positions(far, 1) == await positions(near, 1)
        # Who is not fed reads alone for every change; a machine that freezes for a second costs a look or two.
        for node, before in zip((leader, other), alone, strict=True):
            assert node.relay.read_alone - before < 10
        assert not leads(other)


@pytest.mark.proves("F003-73")
async def test_a_frame_larger_than_a_message_of_the_broker_travels_in_parts(
    database18: Database, nats_server: NatsServer
) -> None:
    wedding = Wedding.new(database18)
    async with (
        two_fed(database18, nats_server) as (_, other),
        open_socket(other.port, wedding.token) as socket,
    ):
        await socket.join(wedding.topic)
        alone = other.relay.read_alone
        large = "x" * 1_048_000
        await asyncio.to_thread(
            database18.query,
            "select wedsync.broadcast(%s, 'picture', jsonb_build_object('data', %s::text))", wedding.topic, large,
        )  # fmt: skip
        heard = await socket.hear("broadcast")
        assert heard.payload["payload"]["data"] == large
        assert other.relay.read_alone - alone < 3, "a machine that freezes for a second costs a poll or two"
        wedding.adults(77)
        await socket.hear("broadcast", within=2)


@pytest.mark.proves("F003-73")
@pytest.mark.slow
async def test_without_nats_everybody_reads_and_with_it_again_only_the_leader(
    database18: Database, nats_server: NatsServer
) -> None:
    stream = Stream.new(database18)
    wedding = stream.wedding
    async with two_listening(database18, nats_server, wedding) as (leader, other, near, far):
        stream = stream.from_now_on()
        with writing(wedding):
            await more_is_heard(near, far)
            await asyncio.to_thread(nats_server.stop)
            await until(lambda: not leader.relay.fed and not other.relay.fed)
            await more_is_heard(near, far)
            await asyncio.to_thread(nats_server.start)
            await until(lambda: leader.relay.fed and other.relay.fed)
            await more_is_heard(near, far)
        wanted = [seq for _, seq in stream.expected()]
        assert await positions(near, len(wanted)) == wanted
        assert await positions(far, len(wanted)) == wanted


@pytest.mark.proves("F003-73")
@pytest.mark.slow
async def test_a_leader_that_is_gone_or_has_a_rival_costs_nothing(
    database18: Database, nats_server: NatsServer
) -> None:
    stream = Stream.new(database18)
    wedding = stream.wedding
    async with two_listening(database18, nats_server, wedding) as (leader, other, near, far):
        stream = stream.from_now_on()
        with writing(wedding):
            await more_is_heard(near, far)
            # Both lead for a moment: the first does not know yet that its lease is gone.
            database18.query(
                "update wedsync_data.relay_leadership set leader = %s, lease_until = now() + '3 s'", other.id
            )
            await until(lambda: leads(other))
            await more_is_heard(near, far)
            kill_sessions(database18, "wedsync leader")
            kill_sessions(database18, "wedsync relay")
            await until(lambda: leads(leader) or leads(other))
            await more_is_heard(near, far)
        wanted = [seq for _, seq in stream.expected()]
        assert await positions(near, len(wanted)) == wanted
        assert await positions(far, len(wanted)) == wanted


async def test_what_strangers_publish_there_ends_nothing(database18: Database, nats_server: NatsServer) -> None:
    wedding = Wedding.new(database18)
    async with two_fed(database18, nats_server) as (_, other), open_socket(other.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        assert other.transport.feed is not None
        incarnation = other.transport.feed.incarnation
        assert incarnation is not None
        stranger = await nats.connect(nats_server.url)
        place = str(other.relay.reader.cursor)
        wishes = [["wish", 1, None, None, 1, "x", None], ["moved", [1], 2, None, 1, "x", "y"]]
        for nonsense in (
            *(msgpack.packb([place, "9:999999999999:", [wish]]) for wish in wishes),
            b"", b"\xc1", b"{}", b"\x93\xa1x\xa1y\x90", b"\x93\x01\x02\x03",
        ):  # fmt: skip
            for subject in (subject_of(incarnation, other.id), wake_subject(incarnation)):
                for message in (nonsense, *parts(nonsense, other.transport.feed._broker.largest)):
                    await stranger.publish(subject, message)
        await stranger.close()
        wedding.adults(88)
        await socket.hear("broadcast", within=3)


async def test_who_leads_for_a_life_of_the_database_that_is_over_gives_up(
    database18: Database, nats_server: NatsServer
) -> None:
    """As when the lease is taken just after the database came back, and before the relay knows that."""
    wedding = Wedding.new(database18)
    async with two_fed(database18, nats_server) as (leader, other), open_socket(other.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        database18.query("update wedsync_data.relay_leadership set incarnation = gen_random_uuid()")
        kill_sessions(database18, "wedsync relay")
        await until(lambda: all(node.relay.reconnects == 1 and node.relay.fed for node in (leader, other)))
        alone = other.relay.read_alone
        for number in range(90, 100):
            await asyncio.to_thread(wedding.adults, number)
            await socket.hear("broadcast")
        assert other.relay.read_alone - alone < 5, "nobody feeds it"


async def test_a_broker_that_hangs_is_noticed_and_waited_for(
    database18: Database, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "PING_EVERY", 0.2)
    wedding = Wedding.new(database18)
    async with two_fed(database18, nats_server) as (leader, other), open_socket(other.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        with nats_server.hanging():
            await until(lambda: not leads(leader) and not leads(other), within=5)
            wedding.adults(90)
            await socket.hear("broadcast", within=3)
        await until(lambda: other.relay.fed)
        wedding.adults(91)
        await socket.hear("broadcast", within=3)
