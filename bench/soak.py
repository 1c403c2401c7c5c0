"""Memory of the worker over time, with lasting and reconnecting sockets, changes, broadcasts and presence.

Memory is the RSS of the gateway, once a second. After the first quarter, in which caches and pools fill, it should stay
constant: the ratio is that of the means of the last and the second quarter. `--seconds` sets the duration; use an hour or more.
"""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import uvloop
from _load import load_weddings, wedding_id
from _picture import columns
from _report import Options, Report, Target, arguments
from _sockets import Client, connect, realtime_path
from _stage import machine, stage
from _worker import Worker, join_message, open_doors, running_worker, token
from _writers import Order, burst

from wedsync.install.database import connect as connect_database

WEDDINGS = 20
RATE = 100
RENEWED = 5
"""Sockets that reconnect each second."""
_STRETCH = 5

MEASURES = ("F000-89",)
TARGETS = {"RSS, last quarter / second quarter": Target(at_most=1.03)}


async def join(worker: Worker, number: int) -> Client:
    """A socket on a wedding's channel."""
    couple = wedding_id(1 + number % WEDDINGS)
    own = token(couple)
    message = join_message(f"wedding:{couple}", own, [])
    return await connect(worker.port, realtime_path(own), join=message)


@asynccontextmanager
async def traffic(dsn: str, worker: Worker, clients: list[Client]) -> AsyncIterator[dict[str, int]]:
    """Changes, broadcasts, presence and reconnects until the block ends; counts what was sent."""
    ending = asyncio.Event()
    counts = {"changes": 0, "client messages": 0, "sockets renewed": 0}

    async def write() -> None:
        statements = [
            f"update wedsync_data.core_fields set partner2_name = $1 where couple_id = '{wedding_id(number)}'"
            for number in range(1, WEDDINGS + 1)
        ]
        while not ending.is_set():
            order = Order(dsn, statements, ["James {}"] * WEDDINGS, 2, RATE, _STRETCH, counts["changes"])
            _, commits = await burst(order)
            counts["changes"] += len(commits)

    async def chat() -> None:
        number = 0
        while not ending.is_set():
            number += 1
            at = number % len(clients)
            topic = f"realtime:wedding:{wedding_id(1 + at % WEDDINGS)}"
            message = {"type": "broadcast", "event": "moved", "payload": {"guest": number}}
            shown = {"type": "presence", "event": "track", "payload": {"page": number}}
            kind, payload = ("presence", shown) if number % 5 == 0 else ("broadcast", message)
            clients[at].send(json.dumps(["1", str(number), topic, kind, payload]).encode())
            counts["client messages"] += 1
            await asyncio.sleep(0.02)

    async def renew() -> None:
        number = 0
        while not ending.is_set():
            for _ in range(RENEWED):
                at = number % len(clients)
                clients[at].close()
                clients[at] = await join(worker, at)
                number += 1
            counts["sockets renewed"] += RENEWED
            await asyncio.sleep(1)

    async with asyncio.TaskGroup() as tasks:
        for part in (write, chat, renew):
            tasks.create_task(part())
        try:
            yield counts
        finally:
            # Each ends on its own: the writers are a separate process with a burst to finish.
            ending.set()


async def measure(dsn: str, options: Options, report: Report) -> dict[str, float]:
    """Sample the memory every second. Raises RuntimeError if sockets were lost."""
    seconds = options.numbers["seconds"]
    samples: list[float] = []
    async with running_worker(dsn) as worker:
        clients = [await join(worker, number) for number in range(options.numbers["sockets"])]
        async with traffic(dsn, worker, clients) as counts:
            for _ in range(seconds):
                await asyncio.sleep(1)
                samples.append(worker.memory()["rss"] / 2**20)
        lost = sum(client.ended for client in clients)
    if lost > RENEWED:
        raise RuntimeError(f"{lost} sockets were lost")
    size = max(1, len(samples) // 4)
    quarters = {f"quarter {number + 1}": samples[number * size : (number + 1) * size] for number in range(4)}
    means = {name: round(statistics.mean(found), 1) for name, found in quarters.items()}
    report.results.update(
        {name: {"rss_mb": mean, "most_mb": round(max(quarters[name]), 1)} for name, mean in means.items()}
    )
    report.put("RSS, last quarter / second quarter", [means["quarter 4"] / means["quarter 2"]])
    report.notes.append(", ".join(f"{count:,} {name}" for name, count in counts.items()) + f" in {seconds} s")
    return means


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=1, each=0,
        numbers={"seconds": (120, "how long, at least 8"), "sockets": (200, "sockets that stay or are renewed")},
    )  # fmt: skip
    report = Report("soak", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect_database(dsn)) as connection:
        open_doors(connection)
        load_weddings(connection, WEDDINGS)
        means = uvloop.run(measure(dsn, options, report))
        report.machine = machine(connection, options.settings)
    report.show(
        options, columns("memory of a gateway under steady traffic", means, "MB", "mean RSS of each quarter of the run")
    )


if __name__ == "__main__":
    main()
