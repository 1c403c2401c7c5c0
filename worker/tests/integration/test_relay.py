"""Nothing lost, nothing twice: what reaches a socket against what was committed, whatever happens in between."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import psycopg
import pytest
from harness.accidents import crash, kill_sessions, restart
from harness.database import Database
from harness.servers import Server, Servers
from harness.sockets import PATH, Socket, open_socket, until
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.database import calls, pressure
from wedsync.node import Node
from wedsync.protocol.close_codes import CloseCode

WRITERS = 20
pytestmark = pytest.mark.usefixtures("each_bus")


def write(connection: psycopg.Connection, wedding: Wedding, number: int) -> None:
    """One change in the connection's open transaction, as an administrator would make it."""
    connection.execute(
        "update wedsync_data.core_fields set private_notes = %s where couple_id = %s", (f"{number}", wedding.id)
    )


def committed(wedding: Wedding) -> list[int]:
    """Positions of all events of the wedding, in order."""
    rows = wedding.emma.database.query(
        "select seq from wedsync_data.events where couple_id = %s order by seq", wedding.id
    )
    return [row[0] for row in rows]


async def heard_since(socket: Socket, wedding: Wedding, first: int) -> list[int]:
    """Positions heard in order, once the last committed one has arrived."""
    expected = [seq for seq in await asyncio.to_thread(committed, wedding) if seq > first]
    heard: list[int] = []
    async with asyncio.timeout(20):
        while not heard or heard[-1] != expected[-1]:
            heard.append(position((await socket.hear("broadcast")).payload))
    heard += [position(message.payload) for message in await socket.drained() if message.event == "broadcast"]
    assert heard == expected
    return heard


def position(payload: dict[str, object]) -> int:
    meta = payload["payload"]
    assert isinstance(meta, dict)
    found = meta["metadata"]["seq"]
    assert isinstance(found, int)
    return found


def busy_writer(wedding: Wedding, number: int, rounds: int) -> None:
    """Transactions of every kind: single, several changes, savepoints rolled back, whole rollbacks, slow ones."""
    dice = random.Random(number)
    with psycopg.connect(wedding.emma.database.dsn) as connection:
        for count in range(rounds):
            kind = dice.choice(("one", "three", "savepoint", "rollback", "slow"))
            write(connection, wedding, number * 1000 + count)
            if kind == "three":
                write(connection, wedding, number * 1000 + count + 500)
                write(connection, wedding, -1)
            if kind == "savepoint":
                connection.execute("savepoint s")
                write(connection, wedding, -2)
                connection.execute("rollback to savepoint s")
                connection.execute("savepoint s")
                write(connection, wedding, -3 - count)
                connection.execute("release savepoint s")
            if kind == "slow":
                connection.execute("select pg_sleep(%s)", (dice.random() * 0.02,))
            if kind == "rollback":
                connection.rollback()
            else:
                connection.commit()


async def run_all(*works: Callable[[], None]) -> None:
    """Run the works at once, each in a thread of its own, and wait for them."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(works)) as threads:
        await asyncio.gather(*(loop.run_in_executor(threads, work) for work in works))


async def join(node: Node, wedding: Wedding, socket: Socket) -> int:
    """Join and return the position from which on everything must be heard."""
    before = max(await asyncio.to_thread(committed, wedding), default=0)
    await socket.join(wedding.topic, wedding.token)
    return before


@pytest.mark.slow
@pytest.mark.proves("F000-78", "F000-81", "F000-86")
async def test_twenty_writers_lose_nothing_and_repeat_nothing(database: Database) -> None:
    weddings = [Wedding.new(database) for _ in range(4)]
    async with running_node(database) as node, open_socket(node.port, weddings[0].token) as socket:
        for wedding in weddings:
            await socket.join(wedding.topic, wedding.token)
        starts = [max(committed(wedding), default=0) for wedding in weddings]
        await run_all(*(partial(busy_writer, weddings[number % 4], number, 40) for number in range(WRITERS)))
        heard: dict[str, list[int]] = {wedding.topic: [] for wedding in weddings}
        wanted = {w.topic: [s for s in committed(w) if s > start] for w, start in zip(weddings, starts, strict=True)}
        async with asyncio.timeout(30):
            while sum(map(len, heard.values())) < sum(map(len, wanted.values())):
                message = await socket.hear("broadcast")
                heard[message.topic.removeprefix("realtime:")].append(position(message.payload))
        assert [message.event for message in await socket.drained() if message.event == "broadcast"] == []
        assert heard == wanted


@pytest.mark.proves("F000-86")
async def test_a_long_transaction_delays_only_its_own_events(database: Database) -> None:
    slow, quick = Wedding.new(database), Wedding.new(database)
    async with running_node(database) as node, open_socket(node.port, quick.token) as socket:
        start_slow, start_quick = await join(node, slow, socket), await join(node, quick, socket)
        with psycopg.connect(database.dsn) as connection:
            write(connection, slow, 1)
            for number in range(3):
                quick.adults(100 + number)
                await socket.hear("broadcast", topic=f"realtime:{quick.topic}", within=2)
                # Long enough for the relay to fall asleep in between.
                await asyncio.sleep(0.3)
            assert start_quick < max(committed(quick))
            connection.commit()
        assert await heard_since(socket, slow, start_slow) == [start_slow + 1]


@pytest.mark.proves("F000-53", "F000-86", "F001-49")
async def test_a_transaction_that_began_while_the_relay_was_awake_is_heard_soon_after_its_late_commit(
    database18: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A few changes press, and do so for a second.
    monkeypatch.setattr(pressure, "NOTIFICATIONS_A_SECOND", 20.0)
    monkeypatch.setattr(pressure, "WINDOW", 1.0)
    awake = "select bool_or(n.awake) from wedsync_data.relay_nodes as n"
    wedding, other = Wedding.new(database18), Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        for each in (wedding, other):
            await join(node, each, socket)
        await until(lambda: not database18.value(awake))
        with psycopg.connect(database18.dsn) as connection:
            await asyncio.to_thread(commits, other, 40, pause=0)
            await until(lambda: database18.value(awake))
            # This write does not ring.
            write(connection, wedding, 1)
            assert database18.value(awake)
            await until(lambda: not database18.value(awake))
            connection.commit()
        await socket.hear("broadcast", topic=f"realtime:{wedding.topic}", within=0.8)


@pytest.mark.proves("F000-81")
async def test_a_look_of_many_pages_is_whole(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_NEXT_FRAMES", calls._NEXT_FRAMES.replace("($1, $2)", "($1, $2, 2000)"))
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        start = await join(node, wedding, socket)
        with psycopg.connect(database18.dsn) as connection, psycopg.connect(database18.dsn) as slow:
            # An open transaction beside it, whose own event comes later.
            slow.execute("select pg_current_xact_id()")
            for number in range(60):
                write(connection, wedding, number)
            connection.commit()
            write(slow, wedding, 60)
            slow.commit()
        await heard_since(socket, wedding, start)
        # And the position is behind all of it.
        await until(
            lambda: node.relay.checkpoints.settled is not None and "/" not in node.relay.checkpoints.settled.cursor
        )
        wedding.adults(99)
        await socket.hear("broadcast")
        assert "broadcast" not in [heard.event for heard in await socket.drained()]


async def test_writers_ring_for_each_change_as_long_as_nobody_waits_for_that(servers: Servers) -> None:
    awake = "select bool_or(n.awake) from wedsync_data.relay_nodes as n"
    # The lock is the cluster's: other tests would wait for it, too.
    with servers.fresh(18) as server, server.database() as database:
        wedding = Wedding.new(database)
        async with running_node(database) as node, open_socket(node.port, wedding.token) as socket:
            start = await join(node, wedding, socket)
            with psycopg.connect(database.dsn, autocommit=True) as listener:
                listener.execute("listen wedsync")
                await until(lambda: not database.value(awake))
                await asyncio.to_thread(commits, wedding, 50, pause=0.01)
                notes = await asyncio.to_thread(lambda: list(listener.notifies(timeout=0.5)))
                assert sum(not note.payload.startswith("echo:") for note in notes) >= 45
            await heard_since(socket, wedding, start)
            busy = [Wedding.new(database) for _ in range(3)]
            for each in busy:
                await join(node, each, socket)
            with notifying(database, 4), ThreadPoolExecutor(len(busy)) as pool:
                writing = [pool.submit(commits, each, 120, pause=0) for each in busy]
                await until(lambda: database.value("select waiting > 0 from wedsync_internal.notify_load()"), 10)
                await until(lambda: database.value(awake), 10)
                for each in writing:
                    await asyncio.wrap_future(each)
            await until(lambda: not database.value(awake), 10)


def commits(wedding: Wedding, number: int, *, pause: float) -> None:
    """That many transactions, one after the other."""
    with psycopg.connect(wedding.emma.database.dsn) as connection:
        for value in range(number):
            write(connection, wedding, value)
            connection.commit()
            time.sleep(pause)


@contextmanager
def notifying(database: Database, sessions: int) -> Iterator[None]:
    """Sessions of another application that do nothing but commit with NOTIFY, so that all wait for each other."""
    with ExitStack() as stack:
        busy = [stack.enter_context(database.connect()) for _ in range(sessions)]
        for connection in busy:
            connection.pgconn.send_query(
                b"do $$ begin loop perform pg_notify('elsewhere', ''); commit; end loop; end $$"
            )
        try:
            yield
        finally:
            for connection in busy:
                connection.cancel()
                while connection.pgconn.get_result() is not None:
                    pass


def write_at_once(wedding: Wedding, number: int) -> None:
    """Many changes in one transaction."""
    with psycopg.connect(wedding.emma.database.dsn) as connection:
        for value in range(number):
            write(connection, wedding, value)


@pytest.mark.proves("F000-70")
async def test_a_lost_listening_session_is_replaced_and_costs_nothing(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        start = await join(node, wedding, socket)
        assert kill_sessions(database18, "wedsync doorbell") == 1
        for number in range(3):
            wedding.adults(100 + number)
        await heard_since(socket, wedding, start)
        await until(lambda: node.listener.receives, 30)
        assert node.listener.reconnects >= 1


@pytest.mark.proves("F000-70")
async def test_a_relay_whose_session_is_killed_goes_on_where_it_was(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        start = await join(node, wedding, socket)
        for number in range(4):
            wedding.adults(100 + number)
            kill_sessions(database18, "wedsync relay")
            kill_sessions(database18, "wedsync leader")
            wedding.adults(200 + number)
            await asyncio.sleep(0.1)
        await heard_since(socket, wedding, start)
        assert node.relay.reconnects >= 1 or (node.transport.leader is not None and node.transport.leader.terms >= 2)
        assert socket.connection.close_code is None


@pytest.mark.slow
async def test_an_orderly_restart_of_the_database_costs_nothing(own_server: Server) -> None:
    with own_server.database() as database:
        wedding = Wedding.new(database)
        async with running_node(database) as node, open_socket(node.port, wedding.token) as socket:
            start = await join(node, wedding, socket)
            wedding.adults(100)
            await asyncio.to_thread(restart, own_server)
            wedding.adults(101)
            await heard_since(socket, wedding, start)
            assert socket.connection.close_code is None


@pytest.mark.slow
async def test_a_crash_of_the_database_restarts_the_sockets_which_can_join_again(own_server: Server) -> None:
    with own_server.database() as database:
        wedding = Wedding.new(database)
        async with running_node(database) as node:
            async with open_socket(node.port, wedding.token) as socket:
                await join(node, wedding, socket)
                await asyncio.to_thread(crash, database)
                assert await socket.closed(30) == CloseCode.RESTART
            await until(node.ready, 30)
            async with open_socket(node.port, wedding.token) as socket:
                start = await join(node, wedding, socket)
                wedding.adults(101)
                await heard_since(socket, wedding, start)


async def test_a_node_that_lost_its_lease_begins_anew(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with open_socket(node.port, wedding.token) as socket:
            await join(node, wedding, socket)
            database18.query("delete from wedsync_data.relay_nodes")
            assert await socket.closed(15) == CloseCode.RESTART
        await until(node.ready, 30)
        async with open_socket(node.port, wedding.token) as socket:
            start = await join(node, wedding, socket)
            wedding.adults(101)
            await heard_since(socket, wedding, start)


@pytest.mark.proves("F000-86")
async def test_joins_among_writes_hear_everything_after_their_position(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        stop = threading.Event()

        def keep_writing() -> None:
            with psycopg.connect(database18.dsn) as connection:
                number = 0
                while not stop.is_set() and number < 5000:
                    number += 1
                    write(connection, wedding, number)
                    connection.commit()

        async def visit(number: int) -> tuple[int, list[int]]:
            async with open_socket(node.port, wedding.token, path=f"{PATH}?session={number}") as socket:
                before = max(await asyncio.to_thread(committed, wedding), default=0)
                await socket.join(wedding.topic)
                after = max(await asyncio.to_thread(committed, wedding), default=0)
                await asyncio.sleep(0.5)
                heard = [position(m.payload) for m in await socket.drained() if m.event == "broadcast"]
            assert before < heard[0] <= after + 1, "the first position heard is not that of the join"
            return after, heard

        writing = asyncio.create_task(run_all(keep_writing))
        try:
            visits = await asyncio.gather(*(visit(number) for number in range(10)))
        finally:
            stop.set()
            await writing
    for after, heard in visits:
        assert heard == list(range(heard[0], heard[0] + len(heard)))
        assert heard[-1] > after
