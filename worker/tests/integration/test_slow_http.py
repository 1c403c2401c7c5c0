"""HTTP clients that take their time: they are cut off, and everybody else is answered meanwhile."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from harness.database import Database
from harness.sockets import until
from harness.worker import running_worker
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wedsync.server.bounded_http import HttpLimits
from wedsync.server.http import HttpServer, Readiness, build_app
from wedsync.server.listening import listening_socket

HALF = b"GET /readyz HTTP/1.1\r\nHost: x\r\n"
WHOLE = HALF + b"\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"


@asynccontextmanager
async def serving(limits: HttpLimits) -> AsyncIterator[tuple[int, HttpServer]]:
    """A server on loopback with the pages of the worker, and two of the test's own."""

    async def echo(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    async def large(_request: Request) -> Response:
        return PlainTextResponse(b"x" * 50_000_000)

    app = build_app(lambda: Readiness(()), dict, [Route("/echo", echo, methods=["POST"]), Route("/large", large)])
    listener = listening_socket("127.0.0.1", 0)
    server = HttpServer(app, limits)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started)
    try:
        yield listener.getsockname()[1], server
    finally:
        server.should_exit = True
        await task


class Client:
    """A connection that sends whatever it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int, data: bytes = b"") -> Client:
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        _opened.append(client)
        client.writer.write(data)
        return client

    async def status(self) -> int:
        """Status of the next answer, whose body is read; 0 for a connection that has ended."""
        async with asyncio.timeout(20):
            try:
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0
            size = int(head.partition("content-length:")[2].split()[0])
            await self.reader.readexactly(size)
            return int(head.split()[1])

    async def ended(self) -> bytes:
        """What still came until the server ended the connection."""
        async with asyncio.timeout(20):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


_opened: list[Client] = []


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    """Closes the connections that the test opened."""
    yield
    clients, _opened[:] = list(_opened), []
    for client in clients:
        client.writer.transport.abort()
    await asyncio.gather(*(client.writer.wait_closed() for client in clients), return_exceptions=True)


@pytest.mark.parametrize("begun", [b"", b"G", HALF, POST, POST + b"12345"])
async def test_a_request_that_does_not_come_is_answered_408(begun: bytes) -> None:
    async with serving(HttpLimits(head_seconds=0.3, request_seconds=0.6)) as (port, _):
        assert await (client := await Client.open(port, begun)).status() == 408
        assert await client.ended() == b""
        assert await (await Client.open(port, WHOLE)).status() == 200


async def test_drop_by_drop_is_no_better() -> None:
    async def drip(client: Client, data: bytes) -> None:
        for byte in data:
            client.writer.write(bytes((byte,)))
            await asyncio.sleep(0.05)

    async with serving(HttpLimits(head_seconds=0.3, request_seconds=0.6)) as (port, _):
        for begun, rest in ((b"", HALF), (POST, b"1234567890" * 2)):
            client = await Client.open(port, begun)
            dripping = asyncio.create_task(drip(client, rest[:9] if begun else rest))
            assert await client.status() == 408
            dripping.cancel()


async def test_one_connection_serves_several_requests_and_only_the_half_one_is_late() -> None:
    async with serving(HttpLimits(head_seconds=0.5, request_seconds=1.0)) as (port, _):
        client = await Client.open(port)
        for _ in range(3):
            client.writer.write(WHOLE)
            assert await client.status() == 200
            client.writer.write(POST + b"1234567890")
            assert await client.status() == 200
        client.writer.write(HALF)
        assert await client.status() == 408


async def test_an_answer_that_is_not_read_ends() -> None:
    async with serving(HttpLimits(answer_seconds=0.3)) as (port, server):
        client = await Client.open(port, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: bool(server.server_state.total_requests))
        await until(lambda: not server.server_state.connections)
        # What was on its way still comes.
        assert len(await client.ended()) < 50_000_000


@pytest.mark.parametrize("limits", [{"waiting": 20}, {"waiting_per_address": 20}])
@pytest.mark.parametrize("begun", [b"", HALF, POST, WHOLE])
async def test_those_that_waited_longest_make_room(limits: dict[str, int], begun: bytes) -> None:
    async with serving(HttpLimits(head_seconds=60, request_seconds=60, **limits)) as (port, _):
        clients = [await Client.open(port, begun) for _ in range(100)]
        assert await (await Client.open(port, WHOLE)).status() == 200
        await asyncio.gather(*(client.ended() for client in clients[:80]))
        assert not any(client.reader.at_eof() for client in clients[85:])


@pytest.mark.slow
async def test_many_half_requests_do_not_keep_readiness_out(database18: Database) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        async with running_worker(database18) as worker:
            await worker.until_ready()
            for _ in range(1200):
                await Client.open(worker.http_port, HALF)
            assert [(await worker.get(path))[0] for path in ("/readyz", "/healthz", "/metrics")] == [200, 200, 200]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
