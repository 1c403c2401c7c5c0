"""`wedsync worker` as a process: ready, restarted, drained, and refusing what it must."""

from __future__ import annotations

import asyncio
import os
import signal

import psutil
import pytest
from harness.database import Database
from harness.ports import free_port
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import gateways_of, running_worker

from wedsync.errors import NotInstalled, PortTaken, SchemaTooNew, SettingsError
from wedsync.protocol.close_codes import CloseCode

KEY = token(None, "anon")
pytestmark = pytest.mark.slow


async def test_two_gateways_share_a_port_and_a_killed_one_is_replaced(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_worker(database18, gateways=2) as worker:
        await worker.until_ready()
        first, second = gateways_of(worker.process.pid)
        async with open_socket(worker.socket_port, wedding.token) as socket:
            await socket.join(wedding.topic)
            first.kill()
            second.kill()
            await socket.closed()
        await worker.until_ready(ready=False)
        await worker.until_ready()
        assert not {first.pid, second.pid} & {child.pid for child in gateways_of(worker.process.pid)}
        async with open_socket(worker.socket_port, wedding.token) as socket:
            await socket.join(wedding.topic)
            wedding.adults(101)
            await socket.hear("broadcast")
        assert await worker.end() == 0


async def test_the_http_port_says_how_it_is(database18: Database) -> None:
    async with running_worker(database18) as worker:
        await worker.until_ready()
        assert (await worker.get("/healthz"))[0] == 200
        assert "WedSync" in (await worker.get("/"))[1]
        async with open_socket(worker.socket_port, KEY):
            await until(lambda: 'wedsync_connections{gateway="0"} 1.0\n' in worker.fetch("/metrics")[1])


@pytest.mark.proves("F002-09")
async def test_the_end_is_orderly(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_worker(database18) as worker:
        await worker.until_ready()
        async with open_socket(worker.socket_port, wedding.token) as socket:
            await socket.join(wedding.topic)
            ending = asyncio.create_task(worker.end())
            assert await socket.closed() == CloseCode.RESTART
            assert await ending == 0
    assert database18.value("select count(*) from wedsync_data.relay_nodes") == 0
    assert database18.value("select count(*) from wedsync_data.subscriptions") == 0


async def test_an_end_that_comes_while_a_gateway_is_to_be_replaced_is_orderly(database18: Database) -> None:
    async with running_worker(database18, gateways=2) as worker:
        await worker.until_ready()
        gateways = gateways_of(worker.process.pid)
        for gateway in gateways:
            gateway.kill()
        await asyncio.to_thread(psutil.wait_procs, gateways, 15)
        assert await worker.end() == 0


async def test_gateways_end_when_their_supervisor_is_killed(database18: Database) -> None:
    async with running_worker(database18) as worker:
        await worker.until_ready()
        (gateway,) = gateways_of(worker.process.pid)
        os.kill(worker.process.pid, signal.SIGKILL)
        await asyncio.to_thread(gateway.wait, 20)


async def test_a_taken_port_is_an_error_of_its_own(database18: Database) -> None:
    async with running_worker(database18) as first:
        await first.until_ready()
        for taken in ({"WEDSYNC_SOCKET_PORT": str(first.socket_port)}, {"WEDSYNC_HTTP_PORT": str(first.http_port)}):
            async with running_worker(database18, **taken) as second:
                assert await asyncio.wait_for(second.process.wait(), 20) == PortTaken.exit_code


async def test_a_database_without_the_pack_is_an_error_of_its_own(empty_database: Database) -> None:
    async with running_worker(empty_database, WEDSYNC_DSN=empty_database.dsn) as worker:
        assert await asyncio.wait_for(worker.process.wait(), 20) == NotInstalled.exit_code


async def test_a_newer_breaking_schema_ends_the_worker_with_its_code(database18: Database) -> None:
    database18.query(
        """create or replace function wedsync_internal.register_node(
            node uuid, host text, pid integer, fed boolean default false, known_epoch uuid default null, settled text default null
        ) returns jsonb language sql as $$ select '{"epoch": "8f2e5f0e-3a53-4c07-8e21-6bb1d1cbbd1f", "cursor": "1:1:",
        "schema_breaking_version": 9999}'::jsonb $$"""
    )
    async with running_worker(database18) as worker:
        assert await asyncio.wait_for(worker.process.wait(), 30) == SchemaTooNew.exit_code
        assert "newer breaking version" in await worker.log()


async def test_settings_that_a_gateway_refuses_end_the_worker_with_their_code(database18: Database) -> None:
    key = {"WEDSYNC_VAPID_PRIVATE_KEY": "not a key", "WEDSYNC_VAPID_SUBJECT": "mailto:a@example.org"}
    async with running_worker(database18, **key) as worker:
        assert await asyncio.wait_for(worker.process.wait(), 30) == SettingsError.exit_code
        log = await worker.log()
    assert "VAPID_PRIVATE_KEY is not a private key" in log
    assert "not a key" not in log


async def test_a_database_that_is_not_there_yet_is_waited_for(database18: Database) -> None:
    nobody = f"postgresql://x@127.0.0.1:{free_port()}/x"
    async with running_worker(database18, WEDSYNC_DSN=nobody) as worker:
        await worker.until_ready(ready=False)
        assert (await worker.get("/healthz"))[0] == 200
        assert "gateway 0" in (await worker.get("/readyz"))[1]
        assert await worker.end() == 0
