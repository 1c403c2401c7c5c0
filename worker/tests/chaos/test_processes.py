"""Processes that are killed while people listen: everybody hears everything, in order, and nothing that is not theirs."""

from __future__ import annotations

import asyncio

import psutil
import pytest
from harness.accidents import crash
from harness.database import Database
from harness.nats import NatsServer
from harness.servers import Server
from harness.sockets import until
from harness.stock import StockClient, living, until_heard
from harness.stream import Stream, writing
from harness.worker import PATIENCE, Worker, gateways_of, running_worker

pytestmark = pytest.mark.slow


def audience(stream: Stream, port: int) -> list[StockClient]:
    """Two tabs of the couple, suppliers with and without a session."""
    couple = [stream.couple(port, "tab 1"), stream.couple(port, "tab 2")]
    _, named = stream.suppliers(port, 3, sessions=True)
    _, unnamed = stream.suppliers(port, 3, sessions=False)
    return [*couple, *named, *unnamed]


@pytest.mark.proves("F000-70", "F002-36")
@pytest.mark.usefixtures("each_bus")
async def test_a_killed_gateway_costs_nobody_anything(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_worker(database18, gateways=2) as worker:
        await worker.until_ready()
        clients = audience(stream, worker.socket_port)
        stream = stream.from_now_on()
        async with living(*clients):
            with writing(stream.wedding):
                for _ in range(3):
                    await asyncio.sleep(1)
                    gateways_of(worker.process.pid)[0].kill()
                await asyncio.sleep(1)
                for process in gateways_of(worker.process.pid):
                    process.kill()
                await asyncio.sleep(1)
            await until_heard(clients, stream.expected)
        assert sum(client.joins for client in clients) > len(clients)
        assert await worker.end() == 0


@pytest.mark.proves("F000-70", "F002-36")
@pytest.mark.usefixtures("each_bus")
async def test_a_killed_supervisor_takes_its_gateways_along_and_the_next_worker_goes_on(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_worker(database18, gateways=2) as first:
        await first.until_ready()
        ports = {"WEDSYNC_SOCKET_PORT": str(first.socket_port), "WEDSYNC_HTTP_PORT": str(first.http_port)}
        clients = audience(stream, first.socket_port)
        stream = stream.from_now_on()
        async with living(*clients):
            with writing(stream.wedding):
                await asyncio.sleep(1)
                gateways = gateways_of(first.process.pid)
                first.process.kill()
                await asyncio.to_thread(psutil.wait_procs, gateways, 15)
                assert not any(gateway.is_running() for gateway in gateways)
                async with running_worker(database18, gateways=2, **ports) as second:
                    await asyncio.sleep(3)
                    await until_heard_while_writing(clients, stream)
                    assert await second.end() == 0


async def until_heard_while_writing(clients: list[StockClient], stream: Stream) -> None:
    """Everybody catches up with what is committed now, while more is written."""
    wanted = await asyncio.to_thread(stream.expected)
    await until(lambda: all(set(wanted) <= set(client.events) for client in clients), 30)
    for client in clients:
        assert client.news[: len(wanted)] == wanted


@pytest.mark.proves("F002-36")
@pytest.mark.usefixtures("each_bus")
async def test_a_crash_of_the_database_costs_nobody_anything(own_server: Server) -> None:
    with own_server.database() as database:
        stream = Stream.new(database)
        async with running_worker(database, gateways=2) as worker:
            await worker.until_ready()
            clients = audience(stream, worker.socket_port)
            stream = stream.from_now_on()
            async with living(*clients):
                with writing(stream.wedding):
                    await asyncio.sleep(1.5)
                    await asyncio.to_thread(crash, database)
                    await asyncio.sleep(5)
                await until_heard(clients, stream.expected)
            for client in clients:
                assert set(client.closes) == {1012}
                assert client.joins > 1
            assert await worker.end() == 0


@pytest.mark.proves("F002-36")
@pytest.mark.usefixtures("each_bus")
async def test_gateway_and_database_crash_at_once_and_those_with_a_session_go_on(own_server: Server) -> None:
    with own_server.database() as database:
        stream = Stream.new(database)
        async with running_worker(database, gateways=2) as worker:
            await worker.until_ready()
            clients = audience(stream, worker.socket_port)
            stream = stream.from_now_on()
            async with living(*clients):
                with writing(stream.wedding):
                    for _ in range(2):
                        await asyncio.sleep(1)
                        victim = gateways_of(worker.process.pid)[0]
                        known = [(client.joins, len(client.closes)) for client in clients]
                        victim.kill()
                        await asyncio.to_thread(victim.wait, 15)
                        # Back again, and nothing confirmed yet: the first ping comes after ten seconds.
                        await asyncio.sleep(0.1)
                        await until(
                            lambda known=known: all(  # type: ignore[misc]
                                client.joins - joins >= len(client.closes) - closes
                                for client, (joins, closes) in zip(clients, known, strict=True)
                            ),
                            20,
                        )
                        await asyncio.to_thread(crash, database)
                        await asyncio.sleep(4)
                await until_heard(clients, stream.expected)
            assert await worker.end() == 0


@pytest.mark.proves("F003-73")
async def test_the_loss_of_a_machine_that_reads_for_others_costs_them_nothing(
    database18: Database, nats_server: NatsServer
) -> None:
    stream = Stream.new(database18)
    async with (
        running_worker(database18, WEDSYNC_BUS=nats_server.url) as one,
        running_worker(database18, WEDSYNC_BUS=nats_server.url) as two,
    ):
        for worker in (one, two):
            await worker.until_ready()
        leading = await leader(one, two)
        other = two if leading is one else one
        clients = audience(stream, other.socket_port)
        stream = stream.from_now_on()
        async with living(*clients):
            with writing(stream.wedding):
                await asyncio.sleep(1)
                # At once, so that nobody is left who could tell the database.
                for process in (*gateways_of(leading.process.pid), psutil.Process(leading.process.pid)):
                    process.kill()
                await asyncio.sleep(1.5)
                await until_heard_while_writing(clients, stream)
                assert await leader(other) is other
                await asyncio.sleep(0.5)
            await until_heard(clients, stream.expected)
        assert {client.joins for client in clients} == {1}
        assert await other.end() == 0


async def leader(*workers: Worker) -> Worker:
    """The one whose gateway reads the log for all, as soon as one does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for worker in workers:
                if 'wedsync_leads{gateway="0"} 1' in (await worker.get("/metrics"))[1]:
                    return worker
            await asyncio.sleep(0.1)
