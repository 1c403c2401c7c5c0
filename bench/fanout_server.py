"""Servers for the fan-out benchmark, each alone in a process: `wedsync DSN` or `websockets`.

Prints its port, then obeys lines of JSON on stdin: {"burst": n, "together": k, "text": payload} sends n messages to every
socket, k at a time with the event loop turning in between, and answers with the processor time that this took. Pings are off:
clients count bytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count
from uuid import uuid4

import asyncpg
import uvloop
from _worker import SECRET, worker_dsn
from websockets.asyncio.server import broadcast, serve

from wedsync.database.connections import asyncpg_dsn
from wedsync.logs import configure
from wedsync.node import Node, until_ready
from wedsync.processes.gateway_process import settle_memory
from wedsync.server.host import Limits
from wedsync.settings import Settings

Send = Callable[[list[str]], Awaitable[None]]


async def obey(send: Send) -> None:
    """Burst after burst until stdin ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        busy = time.process_time()
        for _ in range(order["burst"] // order["together"]):
            await send([order["text"]] * order["together"])
            await asyncio.sleep(0)
        print(json.dumps({"cpu": time.process_time() - busy}), flush=True)


async def wedsync(dsn: str) -> None:
    """The gateway itself, its memory settled as in a process of its own.

    The hub is handed rows as the relay hands them, and the sockets are those of clients.
    """
    node = Node(
        Settings(dsn=worker_dsn(dsn), listen_dsn=worker_dsn(dsn), jwt_secret=SECRET, socket_port=0),
        limits=Limits(ping_seconds=3600, ask_seconds=3600, idle_seconds=3600),
    )
    await node.start()
    await until_ready(node, 30)
    settle_memory()
    numbers, couple = count(1_000_000), uuid4()
    group: int | None = None

    async def send(texts: list[str]) -> None:
        nonlocal group
        if group is None:
            connection = await asyncpg.connect(asyncpg_dsn(dsn))
            group = await connection.fetchval("select id from wedsync_data.subscription_groups")
            await connection.close()
        node.hub.apply(
            {
                "kind": "broadcast",
                "group_id": group,
                "subscription_id": None,
                "couple_id": couple,
                "seq": next(numbers),
                "xid": 2**62,
                "payload": text,
            }
            for text in texts
        )
        await node.hub.flush()

    print(node.port, flush=True)
    await obey(send)
    await node.stop(1)


async def websockets() -> None:
    """websockets.broadcast as its documentation has it, without compression."""
    async with serve(
        lambda socket: socket.wait_closed(), "127.0.0.1", 0, compression=None, ping_interval=None
    ) as server:

        async def send(texts: list[str]) -> None:
            for text in texts:
                broadcast(server.connections, text)

        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await obey(send)


if __name__ == "__main__":
    configure("error")
    uvloop.run(wedsync(sys.argv[2]) if sys.argv[1] == "wedsync" else websockets())
