"""Database work per change with 1, 4 and 16 gateways: each reads the log, or a leader reads it for all (feed).

Two workers run simultaneously on one server, each with its own database: `feed` over NATS, where a leader reads the log and
sends every follower its frames, and `each` over PostgreSQL, where every gateway reads the log itself. The same 64 sockets are
open on both, each with a row-change binding, and the same changes are made at the same moderate rate, in interleaved
bursts. `crowd`: all sockets are of one wedding, with four different sets of rights, and the kernel spreads them over
the gateways, so that nearly every gateway has each group. `spread`: each socket is the partner of another wedding.
The work is the CPU time of the worker's sessions in the database; `writers_cpu_us` is that of the sessions
that make the changes.
Every run verifies that each socket received each of its changes; `repeats` are those received more than once.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from uuid import UUID, uuid4

import asyncpg
import uvloop
from _broker import nats_program, nats_server
from _load import load_weddings, wedding_id
from _report import Options, Report, Target, arguments
from _rounds import Rounds, cpu_seconds
from _sockets import Client, connect, realtime_path
from _stage import machine, stage
from _worker import join_message, open_doors, running_worker, token
from _writers import MARK

from wedsync.database.connections import asyncpg_dsn
from wedsync.install.database import Connection
from wedsync.install.database import connect as connect_database
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree
from wedsync.local.demo_wedding import call

GATEWAYS = (1, 4, 16)
SOCKETS = 64
SHAPES = ("crowd", "spread")
SERVER = {"max_connections": "500"}
_WRITERS = 4
_RIGHTS = (["wedding.date"], ["wedding.style"], ["wedding.date", "wedding.style"])

TARGETS = {f"each / feed, 16 gateways, {shape}": Target(at_least=2.0) for shape in SHAPES}


People = dict[str, list[tuple[UUID, UUID]]]
"""Of each shape, the user and the wedding of each socket."""


class Sockets:
    """The open sockets of one shape, and the numbers of the row changes that each received."""

    def __init__(self) -> None:
        self.received: list[list[int]] = []
        self.clients: list[Client] = []

    async def open(self, port: int, people: Sequence[tuple[UUID, UUID]]) -> None:
        """One socket for each of the people."""
        for user, couple in people:
            binding = {
                "event": "UPDATE",
                "schema": "wedsync",
                "table": "core_fields",
                "filter": f"couple_id=eq.{couple}",
            }
            join = join_message(f"core_fields_{couple}", token(user), [binding])
            numbers: list[int] = []
            self.received.append(numbers)

            def hear(payload: bytes, _now: float, numbers: list[int] = numbers) -> None:
                # The broadcast of the same change comes along and is not counted.
                if b'"postgres_changes",' in payload[:200] and (found := MARK.search(payload)):
                    numbers.append(int(found[1]))

            self.clients.append(await connect(port, realtime_path(token(user)), join=join, hear=hear))


def prepare(connection: Connection) -> People:
    """The weddings of both shapes and who has a socket there."""
    open_doors(connection)
    connection.execute("update wedsync_data.rate_limits set max_requests = 1000000000")
    load_weddings(connection, SOCKETS)
    partner = uuid4()
    couple = call(
        connection, partner, "select wedsync.register_couple('Emma', 'James', current_date + 200, 'Europe/London')"
    )
    entitled = [partner]
    for number, more in enumerate(_RIGHTS):
        owner = uuid4()
        supplier = call(connection, owner, "select wedsync.register_supplier(%s, 'caterer')", f"Supplier {number}")
        fields = ["couple.partner2.name", *more]
        call(connection, partner, "select wedsync.grant_access(%s, %s, %s, %s)", couple, supplier, fields, [])
        entitled.append(owner)
    return {
        "crowd": [(entitled[number % len(entitled)], couple) for number in range(SOCKETS)],
        "spread": [(wedding_id(number), wedding_id(number)) for number in range(1, SOCKETS + 1)],
    }


class Writers:
    """Sessions that change one field of the given weddings in turn."""

    def __init__(self, connections: list[asyncpg.Connection]) -> None:
        self._connections = connections
        self._number = 0
        self.pids = [connection.get_server_pid() for connection in connections]

    async def burst(self, weddings: Sequence[UUID], rate: float, seconds: float) -> int:
        """So many changes a second; returns how many there were."""
        count = int(rate * seconds) // len(weddings) * len(weddings) or len(weddings)
        begin_at = time.monotonic()

        async def write(connection: asyncpg.Connection, first: int) -> None:
            for index in range(first, count, len(self._connections)):
                await asyncio.sleep(max(0.0, begin_at + index / rate - time.monotonic()))
                await connection.execute(
                    "update wedsync_data.core_fields set partner2_name = $1 where couple_id = $2",
                    f"James 5550{self._number + index:08d}", weddings[index % len(weddings)],
                )  # fmt: skip

        await asyncio.gather(*(write(each, first) for first, each in enumerate(self._connections)))
        self._number += count
        return count


@asynccontextmanager
async def writers(dsn: str) -> AsyncIterator[Writers]:
    """Open sessions of a server's role."""
    connections = [await asyncpg.connect(asyncpg_dsn(dsn)) for _ in range(_WRITERS)]
    try:
        for connection in connections:
            await connection.execute("set role service_role")
        yield Writers(connections)
    finally:
        for connection in connections:
            await connection.close()


async def worker_cpu(control: asyncpg.Connection) -> dict[int, float]:
    """Processor time of each session of the worker in this database."""
    rows = await control.fetch(
        "select pid from pg_stat_activity where datname = current_database() and usename = 'wedsync_worker'"
    )
    return {row["pid"]: cpu_seconds([row["pid"]]) for row in rows}


async def timed(
    control: asyncpg.Connection, sessions: Writers, sockets: Sockets, weddings: Sequence[UUID], options: Options
) -> tuple[float, float, int]:
    """One burst: µs of the worker's sessions and of the writers' for each change, and frames that came again."""
    for numbers in sockets.received:
        numbers.clear()
    worker, own = await worker_cpu(control), cpu_seconds(sessions.pids)
    count = await sessions.burst(weddings, options.numbers["rate"], options.numbers["seconds"])
    each = count // len(weddings)
    for _ in range(300):
        if all(len(set(numbers)) >= each for numbers in sockets.received):
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    if found := {len(set(numbers)) for numbers in sockets.received} - {each}:
        raise RuntimeError(f"sockets received {sorted(found)} changes instead of {each}")
    after = await worker_cpu(control)
    used = sum(seconds - worker.get(pid, 0.0) for pid, seconds in after.items())
    repeats = sum(map(len, sockets.received)) - each * len(sockets.received)
    return used / count * 1e6, (cpu_seconds(sessions.pids) - own) / count * 1e6, repeats


async def measure(dsns: dict[str, str], people: dict[str, People], url: str, number: int,
                  options: Options, report: Report) -> None:  # fmt: skip
    """Both workers with `number` gateways."""
    async with AsyncExitStack() as stack:
        sockets, controls, sessions = {}, {}, {}
        for name, dsn in dsns.items():
            bus = url if name == "feed" else "postgres"
            worker = await stack.enter_async_context(running_worker(dsn, gateways=number, bus=bus))
            controls[name] = await asyncpg.connect(asyncpg_dsn(dsn))
            stack.push_async_callback(controls[name].close)
            sessions[name] = await stack.enter_async_context(writers(dsn))
            for shape in SHAPES:
                sockets[name, shape] = Sockets()
                await sockets[name, shape].open(worker.port, people[name][shape])
        keys = [(name, shape) for shape in SHAPES for name in dsns]
        found = {key: Rounds() for key in keys}
        own: dict[tuple[str, str], list[float]] = {key: [] for key in keys}
        repeats = dict.fromkeys(keys, 0)
        for turn in range(options.rounds + 1):
            for name, shape in keys if turn % 2 else reversed(keys):
                weddings = list(dict.fromkeys(couple for _, couple in people[name][shape]))
                work, writing, again = await timed(
                    controls[name], sessions[name], sockets[name, shape], weddings, options
                )
                repeats[name, shape] += again
                if turn:  # the first round warms up
                    found[name, shape].cpu_us.append(work)
                    found[name, shape].per_second.append(1e6 / work)
                    own[name, shape].append(writing)
    for shape in SHAPES:
        label = {name: f"{name}, {number} gateways, {shape}" for name in dsns}
        report.add_all({label[name]: found[name, shape] for name in dsns})
        for name in dsns:
            report.results[label[name]] = {
                "cpu_us": report.results[label[name]]["cpu_us"],
                "writers_cpu_us": round(statistics.median(own[name, shape]), 1),
                "repeats": repeats[name, shape],
            }
        report.put(
            f"each / feed, {number} gateways, {shape}",
            [a / b for a, b in zip(found["each", shape].cpu_us, found["feed", shape].cpu_us, strict=True)],
        )
        both = {
            name: [a + b for a, b in zip(found[name, shape].cpu_us, own[name, shape], strict=True)] for name in dsns
        }
        report.put(
            f"each / feed with the writers, {number} gateways, {shape}",
            [a / b for a, b in zip(both["each"], both["feed"], strict=True)],
        )


async def run(dsns: dict[str, str], people: dict[str, People], options: Options, report: Report) -> None:
    """All numbers of gateways, one after the other."""
    program = nats_program()
    if program is None:
        raise SystemExit("nats-server is not installed (Debian: apt install nats-server)")
    async with nats_server(program) as url:
        for number in GATEWAYS:
            if not options.only or str(number) in options.only:
                await measure(dsns, people, url, number, options, report)


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=5, each=0,
        numbers={"rate": (64, "changes a second"), "seconds": (3, "length of a burst")},
    )  # fmt: skip
    report = Report("gateways", TARGETS)
    with stage({**options.settings, **SERVER}, options.programs) as dsn, closing(connect_database(dsn)) as first:
        first.execute("create database fed")
        dsns = {"each": dsn, "feed": dsn.replace("/postgres?", "/fed?")}
        migrate(dsns["feed"], load_tree())
        with closing(connect_database(dsns["feed"])) as second:
            people = {"each": prepare(first), "feed": prepare(second)}
            uvloop.run(run(dsns, people, options, report))
        report.machine = machine(first, {**options.settings, **SERVER})
    report.notes.append(f"{SOCKETS} sockets of each shape, {options.numbers['rate']} changes a second")
    report.show(options)


if __name__ == "__main__":
    main()
