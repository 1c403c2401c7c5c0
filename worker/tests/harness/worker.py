"""Workers for tests: a node inside the test, and the real command as a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from harness.database import Database
from harness.ports import free_port
from harness.sockets import until
from harness.tokens import SECRET
from wedsync.node import Node
from wedsync.server.connection import Connection
from wedsync.server.host import Limits
from wedsync.settings import Settings

PATIENCE = 60.0
default_bus = "postgres"
"""The setting WEDSYNC_BUS of workers that are given none; the fixture `each_bus` sets it."""


@asynccontextmanager
async def running_node(
    database: Database, *, limits: Limits | None = None, bus: str | None = None, **more: Any
) -> AsyncIterator[Node]:
    """A node in this event loop, ready to serve joins and listening for the doorbell; `more` are settings."""
    dsn = database.worker_dsn
    settings = Settings(dsn=dsn, listen_dsn=dsn, jwt_secret=SECRET, socket_port=0, bus=bus or default_bus, **more)
    node = Node(settings, limits=limits)
    await node.start()
    try:
        await until(lambda: node.ready() or node.failed(), PATIENCE)
        if node.failed():
            await node.wait()
        await until(lambda: node.listener.receives and (node.transport.feed is None or node.relay.fed))
        yield node
        assert not node.failed(), "a part of the node ended"
    finally:
        await node.stop(2.0)


def confirmed_past(connection: Connection, number: int) -> bool:
    """Whether the client of a socket has confirmed a position that its relay came to after the one with that number."""
    position = connection.confirmed()
    return position is not None and position.number > number


def gateways_of(pid: int) -> list[psutil.Process]:
    """The gateway processes of a worker, oldest first."""
    return [child for child in psutil.Process(pid).children() if "gateway_process" in " ".join(child.cmdline())]


@dataclass
class Worker:
    """`wedsync worker` as a process, with its ports."""

    process: asyncio.subprocess.Process
    socket_port: int
    http_port: int

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page of the HTTP port; status 0 when nobody answers."""
        return await asyncio.to_thread(self.fetch, path)

    def fetch(self, path: str) -> tuple[int, str]:
        """The same, blocking."""
        return _get(f"http://127.0.0.1:{self.http_port}{path}")

    async def until_ready(self, *, ready: bool = True) -> None:
        """Wait until /readyz says so."""
        async with asyncio.timeout(PATIENCE):
            while (await self.get("/readyz"))[0] != (200 if ready else 503):
                assert self.process.returncode is None, await self.log()
                await asyncio.sleep(0.05)

    async def end(self) -> int:
        """Ask it to end in an orderly way and return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE + 10):
            return await self.process.wait()

    async def log(self) -> str:
        """What it wrote; only after its end."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()


def _get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


@asynccontextmanager
async def running_worker(database: Database, *, gateways: int = 1, **environment: str) -> AsyncIterator[Worker]:
    """The command as a process, killed at the end if it did not end by then. It need not be ready yet."""
    socket_port, http_port = free_port(), free_port()
    settings = {
        "WEDSYNC_DSN": database.worker_dsn,
        "WEDSYNC_JWT_SECRET": SECRET,
        "WEDSYNC_SOCKET_PORT": str(socket_port),
        "WEDSYNC_HTTP_PORT": str(http_port),
        "WEDSYNC_GATEWAYS": str(gateways),
        "WEDSYNC_BUS": default_bus,
        **environment,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WEDSYNC_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from wedsync.cli import main; main()", "worker", env={**inherited, **settings},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, limit=2**22,
    )  # fmt: skip
    try:
        yield Worker(process, socket_port, http_port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@dataclass
class ScriptedClient:
    """The stock JavaScript client behind a pipe; see clients/js/listen.mjs for the commands."""

    process: asyncio.subprocess.Process

    async def do(self, what: str, **arguments: Any) -> None:
        """Send a command."""
        assert self.process.stdin is not None
        self.process.stdin.write((json.dumps({"do": what, **arguments}) + "\n").encode())
        await self.process.stdin.drain()

    async def hear(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next event of that type with those fields; others are dropped."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                line = await self.process.stdout.readline()
                assert line, "the client ended"
                event: dict[str, Any] = json.loads(line)
                if event["type"] == kind and all(event.get(name) == value for name, value in wanted.items()):
                    return event
