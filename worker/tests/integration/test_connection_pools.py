"""How many database sessions a worker opens is bounded, however many people are connected."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack

import pytest
from harness.database import Database
from harness.sockets import open_socket
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.install.sql_files import default_root

GUIDE = (default_root().parent / "docs/operators.md").read_text(encoding="utf-8")


def promised() -> int:
    """The most sessions of a gateway, as the guide states them."""
    found = re.search(r"Each gateway opens at most (\d+) database connections", GUIDE)
    assert found is not None
    return int(found[1])


@pytest.mark.proves("F001-45")
async def test_a_crowd_shares_the_connections_of_the_worker(database18: Database) -> None:
    wedding = Wedding.new(database18)
    sessions = """
    select a.application_name, count(*) from pg_stat_activity as a
    where a.datname = current_database() and a.application_name like %s group by 1
    """
    async with running_node(database18) as node, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(open_socket(node.port, wedding.token)) for _ in range(60)]
        most: dict[str, int] = {}

        async def watch() -> None:
            while True:
                for name, count in await asyncio.to_thread(database18.query, sessions, f"wedsync %{node.id}"):
                    most[name] = max(most.get(name, 0), count)
                await asyncio.sleep(0.01)

        watching = asyncio.create_task(watch())
        await asyncio.gather(*(socket.join(wedding.topic) for socket in sockets))
        await asyncio.gather(*(socket.join(f"user_{wedding.emma.id}") for socket in sockets))
        watching.cancel()
    purposes = {name.split()[1]: count for name, count in most.items()}
    assert purposes["joins"] > 1, "the pool is used"
    assert purposes["doorbell"] == 1, "one session listens"
    assert sum(purposes.values()) <= promised()
