"""A standby takes over and lacks what was written last: everybody is told to read anew, and hears what comes after."""

from __future__ import annotations

import asyncio

import pytest
from harness.database import Database, Person
from harness.servers import Servers
from harness.sockets import until
from harness.standby import with_standby
from harness.stock import StockClient, living
from harness.stream import last_position
from harness.weddings import Wedding
from harness.worker import running_worker

pytestmark = [pytest.mark.usefixtures("each_bus"), pytest.mark.slow]

RESYNC = "resync: read a fresh snapshot"


def write(wedding: Wedding, *numbers: int) -> list[int]:
    """Change the number of guests so often; returns the positions."""
    found = []
    for number in numbers:
        wedding.adults(number)
        found.append(last_position(wedding))
    return found


def seqs(client: StockClient) -> list[int]:
    return [seq for _, seq in client.events]


@pytest.mark.proves("F002-36")
async def test_a_standby_that_lost_the_end_takes_over(servers: Servers) -> None:
    with servers.fresh(18) as first, first.database() as database, with_standby(first) as pair:
        wedding = Wedding.new(database)
        dsn = pair.dsn(database.name, "wedsync_worker")
        async with running_worker(database, gateways=2, WEDSYNC_DSN=dsn) as worker:
            await worker.until_ready()
            caterer = wedding.supplier("wedding.guestCount")
            clients = [
                StockClient(worker.socket_port, wedding.topic, wedding.token, "tab"),
                StockClient(worker.socket_port, wedding.topic, caterer.token),
            ]
            async with living(*clients):
                kept = await asyncio.to_thread(write, wedding, 100, 101)
                await asyncio.to_thread(pair.part)
                lost = await asyncio.to_thread(write, wedding, 102, 103, 104)
                await until(lambda: all(seqs(client) == kept + lost for client in clients))
                await asyncio.to_thread(pair.fail_over)
                present = Wedding(Person(Database(pair.second, database.name), wedding.emma.id), wedding.id)
                await until(lambda: all(RESYNC in client.systems for client in clients), 30)
                # Positions come again: they name other changes now.
                again = await asyncio.to_thread(write, present, 202, 203, 204, 205)
                assert again[: len(lost)] == lost
                await until(lambda: all(seqs(client)[-len(again) :] == again for client in clients))
                assert all(len(client.events) == len(kept + lost + again) for client in clients)
            assert await worker.end() == 0
