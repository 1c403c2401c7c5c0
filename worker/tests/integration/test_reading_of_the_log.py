"""When the log is read: after whoever might have believed that somebody is awake, and after whatever may have been missed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from harness.accidents import kill_sessions
from harness.database import Database
from harness.sockets import open_socket, until
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.database.connections import connect
from wedsync.database.listener import CHANNEL, Listener
from wedsync.database.log_reader import Batch, LogReader
from wedsync.protocol.close_codes import CloseCode


class Recorder:
    """A real session that remembers what it was asked."""

    def __init__(self, connection: Any) -> None:
        self.asked: list[str] = []
        self._connection = connection

    async def add_listener(self, channel: str, receive: Any) -> None:
        self.asked.append(f"listen {channel}")
        await self._connection.add_listener(channel, receive)

    async def execute(self, text: str, *arguments: object) -> Any:
        self.asked.append(f"awake {arguments[-1]}" if "set_node_awake" in text else text)
        return await self._connection.execute(text, *arguments)

    async def fetch(self, text: str, *arguments: object) -> Any:
        self.asked.append("look")
        return await self._connection.fetch(text, *arguments)

    async def fetchrow(self, text: str, *arguments: object) -> Any:
        return await self._connection.fetchrow(text, *arguments)


async def test_who_goes_to_sleep_says_so_and_then_looks_once_more(database18: Database) -> None:
    node = uuid4()
    connection = await connect(database18.worker_dsn, "test")
    recorder = Recorder(connection)
    listener = Listener(database18.worker_dsn, node)
    listener.receives = True
    asleep = asyncio.Event()

    async def prepare(_connection: Any) -> None:
        return

    async def take(_rows: Batch) -> int:
        return 0

    reader = LogReader(node, listener, prepare, take)

    async def wait(_seconds: float) -> bool:
        recorder.asked.append("wait")
        asleep.set()
        await asyncio.Event().wait()
        return False

    reader._wait = wait  # type: ignore[method-assign]
    try:
        answer = await connection.fetchval("select wedsync_internal.register_node($1, 'test', 1) ->> 'cursor'", node)
        reader.cursor = str(answer)
        reading = asyncio.create_task(reader.drain(recorder))
        await asyncio.wait_for(asleep.wait(), 10)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    finally:
        connection.terminate()
    # Whoever wrote before it said so did not ring.
    assert recorder.asked[-3:] == ["awake False", "look", "wait"]
    # And whoever writes from then on is heard.
    assert recorder.asked[0] == f"listen {CHANNEL}"


async def test_a_bell_that_was_lost_rings_once_it_hears_again(database18: Database) -> None:
    listener = Listener(database18.worker_dsn, uuid4())
    rings: list[bool] = []
    ring = listener._wake_all

    def recorded() -> None:
        rings.append(listener.receives)
        ring()

    listener._wake_all = recorded  # type: ignore[method-assign]
    running = asyncio.create_task(listener.run())
    try:
        await until(lambda: rings == [True])
        assert listener.notified.is_set()
        assert listener.bus_notified.is_set()
        assert await asyncio.to_thread(kill_sessions, database18, "wedsync doorbell") == 1
        # That nobody rings any more, and that somebody does, perhaps after what was missed.
        await until(lambda: rings == [True, False, True])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_nobody_rings_where_nobody_sleeps(database18: Database) -> None:
    node = uuid4()
    with database18.connect("wedsync_worker") as worker, database18.connect() as listener:
        worker.execute("select wedsync_internal.register_node(%s, 'test', 1)", (node,))
        listener.execute(f"listen {CHANNEL}")
        for awake, rings in ((True, 0), (False, 1)):
            worker.execute("select wedsync_internal.set_node_awake(%s, %s)", (node, awake))
            listener.execute("select wedsync_internal.notify_relays()")
            heard = await asyncio.to_thread(lambda: list(listener.notifies(timeout=0.2, stop_after=1)))
            assert [notice.payload for notice in heard] == [""] * rings


@pytest.mark.proves("F002-36")
async def test_after_a_restored_backup_nobody_goes_on_from_the_old_position(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        before = node.relay.epoch
        database18.query("update wedsync_data.stream_epoch set epoch = gen_random_uuid()")
        assert await asyncio.to_thread(kill_sessions, database18, "wedsync relay") == 1
        await until(lambda: node.relay.epoch not in (None, before))
        assert await socket.closed() == CloseCode.RESTART
        assert database18.value("select count(*) from wedsync_data.subscriptions where active") == 0
        async with open_socket(node.port, wedding.token) as again:
            await again.join(wedding.topic)
            wedding.adults(71)
            await again.hear("broadcast")


@pytest.mark.proves("F002-14")
async def test_sockets_that_open_at_once_do_not_pass_the_limit(database18: Database) -> None:
    wedding = Wedding.new(database18)
    database18.query("update wedsync_data.settings set value = '3' where name = 'connections_per_user'")
    node = uuid4()
    database18.query("select wedsync_internal.register_node(%s, 'test', 1)", node)
    ready = asyncio.Barrier(8)

    async def open_one() -> bool:
        async with await psycopg.AsyncConnection.connect(database18.worker_dsn, autocommit=True) as connection:
            await ready.wait()
            found = await connection.execute(
                "select wedsync_internal.open_connection(%s, gen_random_uuid(), jsonb_build_object('sub', %s::text)) -> 'ok'",
                (node, wedding.emma.id),
            )
            row = await found.fetchone()
            return row is not None and row[0] is True

    for _ in range(3):
        database18.query("delete from wedsync_data.websocket_connections")
        assert sum(await asyncio.gather(*(open_one() for _ in range(8)))) == 3
        assert database18.value("select count(*) from wedsync_data.websocket_connections") == 3


async def test_the_audience_of_a_join_under_way_is_not_pruned(database18: Database) -> None:
    wedding = Wedding.new(database18)
    node = uuid4()
    join = "select wedsync_internal.join_topic(%s, %s, %s, null) ->> 'group_id'"
    claims = f'{{"sub": "{wedding.emma.id}", "role": "authenticated"}}'
    groups = "select array_agg(id::text) from wedsync_data.subscription_groups"
    prune = "select wedsync_internal.prune_groups(%s)"
    database18.query("select wedsync_internal.register_node(%s, 'test', 1)", node)
    group = database18.value(join, node, claims, wedding.topic)
    assert database18.value(prune, node) == 0
    database18.query("update wedsync_data.subscriptions set active = false, group_id = null")
    # Nobody is in it, but somebody is about to be.
    with psycopg.connect(database18.worker_dsn) as joining:
        assert joining.execute(join, (node, claims, wedding.topic)).fetchone() == (group,)
        assert database18.value(prune, node) == 0
        joining.commit()
    assert database18.value(groups) == [group]
    assert database18.value(prune, node) == 0
    database18.query("update wedsync_data.subscriptions set active = false, group_id = null")
    assert database18.value(prune, node) == 1
    assert database18.value(groups) is None
