"""A database that was away comes back: the worker serves again by itself, as long as it takes to notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from harness.accidents import start, stop
from harness.servers import Servers
from harness.sockets import open_socket
from harness.weddings import Wedding
from harness.worker import running_worker

pytestmark = [pytest.mark.usefixtures("each_bus"), pytest.mark.slow]


@pytest.mark.proves("F001-49", "F002-36")
async def test_the_worker_is_ready_soon_after_its_database(
    servers: Servers, record_property: Callable[[str, object], None]
) -> None:
    with servers.fresh(18) as server, server.database() as database:
        wedding = Wedding.new(database)
        async with running_worker(database, gateways=2) as worker:
            await worker.until_ready()
            await asyncio.to_thread(stop, server)
            await worker.until_ready(ready=False)
            # Long enough for pauses to have grown as far as they grow.
            await asyncio.sleep(8)
            await asyncio.to_thread(start, server)
            back = time.monotonic()
            await worker.until_ready()
            took = time.monotonic() - back
            record_property("ready_seconds", round(took, 2))
            async with open_socket(worker.socket_port, wedding.token) as socket:
                await socket.join(wedding.topic)
                await socket.join(f"presence_{wedding.id}", presence={"enabled": True})
                track = {"type": "presence", "event": "track", "payload": {"n": 1}}
                await socket.send(f"realtime:presence_{wedding.id}", "presence", track)
                assert (await socket.hear("presence_diff")).payload["joins"]
                wedding.adults(77)
                await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")
            assert await worker.end() == 0
