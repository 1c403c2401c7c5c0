"""Messages between processes: rows that nobody else reads or writes, each read once, whatever another login notifies."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

import msgpack
import nats
import psycopg
import pytest
from harness.database import Database
from harness.nats import NatsServer
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.database.connections import create_pool
from wedsync.database.listener import BUS_CHANNEL, CHANNEL, Listener
from wedsync.services.broker import parts
from wedsync.services.bus_reader import POLL_EVERY, BusReader
from wedsync.services.feed import subject_of, wake_subject

FORGERIES = (
    '{"broadcast": [{"node": "x", "topic": "topic:a", "lane": true, "event": "core_fields_updated", "form": "text", '
    '"payload": "{}", "meta": "{}"}]}',
    '{"presence": [{"topic": "topic:a", "version": 1e999, "key": "k", "join": {"phx_ref": "r"}, "leave": null}]}',
    '{"replaced": ["00000000-0000-0000-0000-000000000000"]}',
    '{"fetch": [1e999]}',
    "[" * 4000,
    "echo:",
    "",
)


@pytest.fixture
def topics(database18: Database) -> Database:
    """Anybody who is signed in may join topic:<anything>."""
    database18.query("insert into wedsync_data.free_topics (pattern, description) values ('^topic:', 'for tests')")
    return database18


@pytest.fixture
def stranger(topics: Database) -> Iterator[str]:
    """A login of the database that was granted nothing of the pack."""
    name = f"stranger_{uuid4().hex}"
    topics.query(f"create role {name} login")
    yield name
    topics.query(f"drop role {name}")


@asynccontextmanager
async def reading(database: Database, dsn: str | None = None) -> AsyncIterator[tuple[BusReader, list[Any]]]:
    """A reader of the bus, and what it has heard since it began."""
    heard: list[Any] = []
    began = asyncio.Event()
    pool = await create_pool(dsn or database.worker_dsn, "test", 1)
    listener = Listener(database.worker_dsn, uuid4())
    reader = BusReader(pool, listener, lambda _kind, items: heard.extend(items), began.set)
    tasks = [asyncio.create_task(work) for work in (reader.run(), listener.run())]
    try:
        await began.wait()
        await until(lambda: listener.receives)
        yield reader, heard
        assert not any(task.done() for task in tasks), "the reader ended"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        pool.terminate()


def put(connection: psycopg.Connection[Any], *items: object) -> None:
    connection.execute(
        "select wedsync_internal.put_bus_messages(array_fill('broadcast'::text, array[%s]), %s)",
        (len(items), [json.dumps(item) for item in items]),
    )


async def test_nothing_that_a_login_notifies_is_believed(topics: Database, stranger: str) -> None:
    async with (
        running_node(topics) as node,
        open_socket(node.port, token(uuid4())) as emma,
        open_socket(node.port, token(uuid4())) as james,
    ):
        for socket in (emma, james):
            await socket.join("topic:a", private=True, presence={"enabled": True})
            await socket.hear("presence_state")
        with topics.connect(stranger) as connection:
            for forged in FORGERIES:
                for channel in (CHANNEL, BUS_CHANNEL):
                    connection.execute("select pg_notify(%s, %s)", (channel, forged))
        # What comes behind them is heard, and nothing of them.
        await emma.send("realtime:topic:a", "broadcast", {"type": "broadcast", "event": "e", "payload": {"n": 1}})
        await emma.send("realtime:topic:a", "presence", {"type": "presence", "event": "track", "payload": {"n": 1}})
        assert (await james.hear("presence_diff")).payload["joins"]
        messages = [heard.payload for heard in await james.drained() if heard.event == "broadcast"]
        assert [message["payload"] for message in messages] == [{"n": 1}]


async def test_a_login_that_listens_learns_nothing(topics: Database, stranger: str) -> None:
    secret = uuid4().hex
    wedding = Wedding.new(topics)
    with topics.connect(stranger) as listener:
        for channel in (CHANNEL, BUS_CHANNEL):
            listener.execute(f"listen {channel}")
        async with (
            running_node(topics) as node,
            running_node(topics) as other,
            open_socket(node.port, wedding.token) as emma,
            open_socket(other.port, wedding.token) as james,
        ):
            for socket in (emma, james):
                await socket.join(f"presence_{wedding.id}", presence={"enabled": True, "key": secret})
                await socket.hear("presence_state")
            track = {"type": "presence", "event": "track", "payload": {"page": secret}}
            await emma.send(f"realtime:presence_{wedding.id}", "presence", track)
            await james.hear("presence_diff")
            wedding.adults(71)
            with topics.connect("wedsync_worker") as connection:
                put(connection, {"x": secret})
        heard = list(listener.notifies(timeout=0.5, stop_after=1000))
        assert {notice.channel for notice in heard} == {CHANNEL, BUS_CHANNEL}
        assert {notice.payload.partition(":")[0] for notice in heard} <= {"", "echo"}
        assert not any(secret in notice.payload for notice in heard)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            listener.execute("select * from wedsync_data.bus_messages")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            listener.execute("select * from wedsync_internal.next_bus_messages(null)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            put(listener, {})


async def test_messages_of_overlapping_transactions_are_read_once_and_all(topics: Database) -> None:
    def write(number: int) -> None:
        with psycopg.connect(topics.worker_dsn) as connection:
            for turn in range(30):
                put(connection, {"n": number, "turn": turn})
                if (number + turn) % 5 == 0:
                    # longer than several looks
                    connection.execute("select pg_sleep(0.01)")
                connection.rollback() if turn % 7 == 0 else connection.commit()

    async with reading(topics) as (_, heard):
        await asyncio.gather(*(asyncio.to_thread(write, number) for number in range(6)))
        with topics.connect("wedsync_worker") as connection:
            put(connection, "the last")
        await until(lambda: "the last" in heard)
    found = [(item["n"], item["turn"]) for item in heard[:-1]]
    assert sorted(found) == [(number, turn) for number in range(6) for turn in range(30) if turn % 7]
    assert all(
        [turn for n, turn in found if n == number] == sorted({t for n, t in found if n == number})
        for number in range(6)
    )


async def test_more_than_a_page_comes_whole_and_in_order(topics: Database) -> None:
    async with reading(topics) as (_, heard):
        with psycopg.connect(topics.worker_dsn) as connection:
            for start in range(0, 40, 10):
                put(connection, *({"n": number, "text": "x" * 400_000} for number in range(start, start + 10)))
        await until(lambda: len(heard) >= 40)
    assert [item["n"] for item in heard] == list(range(40))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "7", "null", '{"topic": 1}', '"\\ud800"'])
async def test_a_row_that_is_no_message_hurts_no_other(topics: Database, text: str) -> None:
    async with running_node(topics) as node, open_socket(node.port, token(uuid4())) as emma:
        await emma.join("topic:a", private=True, presence={"enabled": True})
        await emma.hear("presence_state")
        for kind in ("broadcast", "presence", "replaced"):
            topics.query("select wedsync_internal.put_bus_messages(array[%s], array[%s])", kind, text)
        await emma.send("realtime:topic:a", "presence", {"type": "presence", "event": "track", "payload": {"n": 1}})
        assert (await emma.hear("presence_diff")).payload["joins"]


async def test_a_database_that_begins_anew_is_read_from_there(topics: Database) -> None:
    async with reading(topics) as (reader, heard):
        # A position of another history lies ahead of everything that is written now.
        reader._cursor = "999999999:999999999:"
        with topics.connect("wedsync_worker") as connection:
            put(connection, "unheard")
            reader.begin_anew()
            await until(lambda: reader._cursor is not None)
            put(connection, "heard")
        await until(lambda: bool(heard))
    assert heard == ["heard"]


@contextmanager
def flooding(database: Database, login: str) -> Iterator[None]:
    """Another login that notifies as fast as it can, each time with another payload."""
    stop = threading.Event()

    def flood() -> None:
        with database.connect(login) as connection:
            while not stop.is_set():
                for channel in (CHANNEL, BUS_CHANNEL):
                    connection.execute("select pg_notify(%s, i::text) from generate_series(1, 200) as i", (channel,))

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


async def test_a_flood_of_notifications_is_looked_at_now_and_then(topics: Database, stranger: str) -> None:
    wedding = Wedding.new(topics)
    async with running_node(topics) as node, open_socket(node.port, wedding.token) as emma:
        await emma.join(f"presence_{wedding.id}", presence={"enabled": True})
        await emma.hear("presence_state")
        await emma.join(wedding.topic)
        reader = node.transport.bus._reader
        with flooding(topics, stranger):
            began, looks = time.monotonic(), reader.polls
            for number in range(1, 4):
                wedding.adults(number)
                track = {"type": "presence", "event": "track", "payload": {"n": number}}
                await emma.send(f"realtime:presence_{wedding.id}", "presence", track)
                assert (await emma.hear("presence_diff")).payload["joins"]
                await emma.hear("broadcast", topic=f"realtime:{wedding.topic}")
            looked, elapsed = reader.polls - looks, time.monotonic() - began
        assert looked <= elapsed / POLL_EVERY + 1


async def test_nothing_malformed_on_nats_ends_a_process(topics: Database, nats_server: NatsServer) -> None:
    wedding = Wedding.new(topics)
    async with running_node(topics, bus=nats_server.url) as node, open_socket(node.port, wedding.token) as emma:
        await emma.join("topic:a", private=True, presence={"enabled": True}, broadcast={"self": True})
        await emma.hear("presence_state")
        await emma.join(wedding.topic)
        assert node.transport.feed is not None
        incarnation = str(node.transport.feed.incarnation)
        stranger = await nats.connect(nats_server.url)
        subjects = (f"wedsync.bus.{node.relay.epoch}", subject_of(incarnation, node.id), wake_subject(incarnation))
        batches = (
            ["5:3:", "9:8:", []], ["1:1:", "9:9:", [["moved", "x", [], None, None, None, None, None]]],
            ["1:1:", "9:9:", [["broadcast", 1, 1, b"7", None, "x", None, None]]], [None] * 3, 1e999,
        )  # fmt: skip
        for subject in subjects:
            for text in (
                *FORGERIES,
                "part ",
                "part x 1 9999999999999999999999 y",
                '{"presence": [null]}',
                '{"broadcast": {}}',
            ):
                for message in (text.encode(), *parts(text.encode(), 10**6)):
                    await stranger.publish(subject, message)
            for batch in batches:
                for message in (msgpack.packb(batch), *parts(msgpack.packb(batch), 10**6)):
                    await stranger.publish(subject, message)
        await stranger.flush()
        await stranger.close()
        await emma.send("realtime:topic:a", "presence", {"type": "presence", "event": "track", "payload": {"n": 1}})
        assert (await emma.hear("presence_diff")).payload["joins"]
        wedding.adults(71)
        await emma.hear("broadcast", topic=f"realtime:{wedding.topic}")
        await until(lambda: node.relay.fed)
