"""Deliveries per second of one gateway core, compared with websockets.broadcast and a NATS server's WebSocket.

Each server runs in its own process and sends the same frame to each of 200 sockets on loopback, in interleaved
bursts. A burst ends when the last byte of the last socket has arrived. Clients read every 5 ms, so that the
server is the bottleneck. `one by one`: every message is a separate write to
each socket. `together`: sixteen messages at once, as when a relay reads several changes; servers may then combine them.
By CPU counts only the server's CPU time. nats-server is limited to one core; if it is not installed, its rows are
omitted.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Protocol

import uvloop
from _load import load_weddings, wedding_id
from _report import Options, Report, Target, arguments
from _rounds import Rounds, cpu_seconds
from _sockets import Client, connect, realtime_path
from _stage import machine, stage
from _worker import join_message, open_doors, token

from wedsync.install.database import connect as connect_database

TOGETHER = {"one by one": 1, "together": 16}
TARGETS = {
    **{f"wedsync / websockets, {way}": Target(at_least=1.4) for way in TOGETHER},
    **{f"wedsync / nats, {way}": Target(at_least=0.7) for way in TOGETHER},
}
_SUBJECT = "wedding"
DRAIN_EVERY = 0.005
"""Seconds in which no kernel buffer of a socket fills up, and clients use hardly any CPU."""
PAYLOAD = json.dumps({
    "type": "broadcast", "event": "core_fields_updated", "meta": {"id": "0" * 36},
    "payload": {"data": {"couple.partner2.name": "James"}, "metadata": {"note": "x" * 250}},
})  # fmt: skip


class Server(Protocol):
    """A server to compare."""

    pid: int

    async def join(self, number: int) -> list[Client]:
        """That many sockets that receive everything."""

    async def burst(self, messages: int, together: int) -> None:
        """Send."""


class Ours:
    """A process of `fanout_server.py`."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, *, joins: bool) -> None:
        self._process, self._port, self._joins = process, port, joins
        self.pid = process.pid

    async def join(self, number: int) -> list[Client]:
        couple = wedding_id(1)
        path = realtime_path(token(couple)) if self._joins else "/"
        join = join_message(f"core_fields_{couple}", token(couple), []) if self._joins else None
        return [await connect(self._port, path, join=join) for _ in range(number)]

    async def burst(self, messages: int, together: int) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order: dict[str, Any] = {"burst": messages, "together": together, "text": PAYLOAD}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        if not await self._process.stdout.readline():
            raise RuntimeError("the server ended")


@asynccontextmanager
async def own_server(kind: str, *more: str) -> AsyncIterator[Ours]:
    """One of our processes, ended afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("fanout_server.py")), kind, *more,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        if not line:
            raise RuntimeError(f"the server {kind} did not start")
        yield Ours(process, int(line), joins=kind == "wedsync")
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


class Nats:
    """nats-server: sockets subscribe over WebSocket, a TCP connection publishes."""

    def __init__(self, pid: int, port: int, publisher: asyncio.StreamWriter, answers: asyncio.StreamReader) -> None:
        self.pid, self._port, self._publisher, self._answers = pid, port, publisher, answers

    async def join(self, number: int) -> list[Client]:
        clients = []
        for _ in range(number):
            client = await connect(self._port, "/")
            client.send(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB ' + _SUBJECT.encode() + b" 1\r\n", 2)
            clients.append(client)
        await asyncio.sleep(0.5)
        return clients

    async def burst(self, messages: int, together: int) -> None:
        body = PAYLOAD.encode()
        text = b"PUB " + _SUBJECT.encode() + b" %d\r\n%s\r\n" % (len(body), body)
        for _ in range(messages // together):
            # a ping after each write, so that the server handles them one by one
            self._publisher.write(text * together + b"PING\r\n")
            await self._answers.readuntil(b"PONG\r\n")


@asynccontextmanager
async def nats_server(program: str) -> AsyncIterator[Nats]:
    """A NATS server with a WebSocket and one core."""
    with tempfile.TemporaryDirectory() as home:
        ports = []
        for _ in range(2):
            with closing(socket.socket()) as probe:
                probe.bind(("127.0.0.1", 0))
                ports.append(probe.getsockname()[1])
        config = Path(home) / "nats.conf"
        config.write_text(
            f"host: 127.0.0.1\nport: {ports[0]}\n"
            f'websocket {{ host: "127.0.0.1", port: {ports[1]}, no_tls: true, compression: false }}\n'
        )
        process = await asyncio.create_subprocess_exec(
            program, "-c", str(config), env={**os.environ, "GOMAXPROCS": "1"},
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for _ in range(100):
                try:
                    answers, publisher = await asyncio.open_connection("127.0.0.1", ports[0])
                    break
                except OSError:
                    await asyncio.sleep(0.05)
            else:
                raise RuntimeError("nats-server does not answer")
            publisher.write(b'CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n')
            await answers.readuntil(b"PONG\r\n")
            yield Nats(process.pid, ports[1], publisher, answers)
            publisher.close()
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def timed(
    server: Server, clients: list[Client], messages: int, together: int, frame_bytes: int, slack: int
) -> tuple[float, float]:
    """One burst: seconds until the last byte arrived, and the server's CPU time.

    `slack`: bytes that a message may differ from the first one: nats-server puts several into a frame, and cuts full ones.
    """
    least, most = (frame_bytes - slack) * messages, (frame_bytes + slack) * messages
    for client in clients:
        client.bytes = 0
    busy, started = cpu_seconds([server.pid]), time.perf_counter()
    sent = asyncio.create_task(server.burst(messages, together))
    while time.perf_counter() - started < 30:
        for client in clients:
            client.drain()
        if all(client.bytes >= least for client in clients):
            break
        await asyncio.sleep(DRAIN_EVERY)
    seconds = time.perf_counter() - started
    await sent
    busy = cpu_seconds([server.pid]) - busy
    if slack:
        await asyncio.sleep(0.02)
        for client in clients:
            client.drain()
    if not all(least <= client.bytes <= most for client in clients):
        raise RuntimeError(f"sockets got {sorted({client.bytes for client in clients})[:5]} bytes instead of {most}")
    return seconds, busy


async def frame_size(server: Server, clients: list[Client]) -> int:
    """Bytes of one message at one client."""
    await server.burst(1, 1)
    await asyncio.sleep(0.5)
    for client in clients:
        client.drain()
    sizes = {client.bytes for client in clients}
    if len(sizes) != 1 or 0 in sizes:
        raise RuntimeError(f"the first message had these sizes: {sizes}")
    return sizes.pop()


async def measure(dsn: str, options: Options, report: Report) -> None:
    """All servers at once, with interleaved bursts."""
    number, messages = options.numbers["sockets"], options.each // 16 * 16
    program = shutil.which("nats-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        report.notes.append("nats is left out: nats-server is not installed (Debian: apt install nats-server)")
    async with all_servers(dsn, program) as servers:
        clients: dict[str, list[Client]] = {}
        sizes = {}
        for name, server in servers.items():
            joined = await server.join(number)
            await asyncio.sleep(0.5)
            clients[name] = joined
            for each in joined:
                each.only_count()
            sizes[name] = await frame_size(server, clients[name])
            report.notes.append(f"{name}: {sizes[name]} bytes a delivery")
        found = {f"{name}, {way}": Rounds() for way in TOGETHER for name in servers}
        for turn in range(options.rounds + 1):
            for way, together in TOGETHER.items():
                for name in servers if turn % 2 else reversed(servers):
                    seconds, cpu = await timed(
                        servers[name], clients[name], messages, together, sizes[name], 4 if name == "nats" else 0
                    )
                    if turn:  # the first round warms up
                        found[f"{name}, {way}"].per_second.append(messages * number / seconds)
                        found[f"{name}, {way}"].cpu_us.append(cpu / messages / number * 1e6)
    report.add_all(found)
    for way in TOGETHER:
        for peer in ("websockets", "nats"):
            report.compare(f"wedsync, {way}", f"{peer}, {way}", called=f"wedsync / {peer}, {way}")


@asynccontextmanager
async def all_servers(dsn: str, program: str | None) -> AsyncIterator[dict[str, Server]]:
    """All servers by name; the NATS server if installed."""
    async with AsyncExitStack() as stack:
        servers: dict[str, Server] = {
            "wedsync": await stack.enter_async_context(own_server("wedsync", dsn)),
            "websockets": await stack.enter_async_context(own_server("websockets")),
        }
        if program is not None:
            servers["nats"] = await stack.enter_async_context(nats_server(program))
        yield servers


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=9, each=320, numbers={"sockets": (200, "sockets of each server")})
    report = Report("fanout", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect_database(dsn)) as connection:
        open_doors(connection)
        load_weddings(connection, 1)
        uvloop.run(measure(dsn, options, report))
        report.machine = machine(connection, options.settings)
    report.notes.append(f"{options.numbers['sockets']} sockets each; per_second and cpu_us are per delivery")
    report.show(options)


if __name__ == "__main__":
    main()
