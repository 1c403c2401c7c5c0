"""What people feel: how long a socket takes to connect, presence to show, and whether ten times the load is felt.

`connect`: sockets are opened ten at a time, once up to the end of the opening handshake, once up
to the answer to the join. `presence`: twenty people of one wedding change what they show in turn, received by all of them; the
time runs from the moment before the change is sent to the bytes at each of the others. `burst`: changes at 100 a second, then
at 1,000, then at 100 again, over the sockets of the benchmark `latency`; each change is received exactly once by each.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import closing

import uvloop
from _load import load_weddings, wedding_id
from _report import Options, Report, Target, arguments
from _sockets import Client, Hear, connect, realtime_path
from _stage import machine, stage
from _worker import Worker, join_message, open_doors, running_worker, token
from _writers import percentile
from latency import EACH, WEDDINGS, Side

from wedsync.install.database import connect as connect_database

AT_ONCE = 10
PEOPLE = 20
PER_SECOND = 50
CALM, BUSY = 100, 1000

MEASURES = ("F004-114", "F004-117", "F004-118")
TARGETS = {
    "connect, p95 / 500 ms": Target(at_most=1.0),
    "connect and join, p95 / 500 ms": Target(at_most=1.0),
    "presence, p95 / 50 ms": Target(at_most=1.0),
    "burst, p95 / 100 ms": Target(at_most=1.0),
    "burst, rate reached / ten times": Target(at_least=0.95),
    "p95 after the burst / before it": Target(at_most=1.5),
}


def summary(values: Sequence[float]) -> dict[str, float]:
    """Percentiles of milliseconds."""
    ordered = sorted(values)
    return {f"p{share}_ms": round(percentile(ordered, share / 100), 2) for share in (50, 95, 99)}


async def open_on(worker: Worker, number: int, topic: str | None, hear: Hear | None = None) -> Client:
    """A socket of one wedding's partner, joined where a topic is given; `{}` in it is the wedding."""
    couple = wedding_id(number)
    own = token(couple)
    join = None if topic is None else join_message(topic.format(couple), own, [])
    # A session of its own: a fresh client, which has missed nothing.
    return await connect(worker.port, realtime_path(own), join=join, hear=hear)


async def connects(worker: Worker, count: int, *, join: bool) -> list[float]:
    """Milliseconds that each of `count` sockets took; they are closed again."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> float:
        async with limit:
            began = time.monotonic()
            client = await open_on(worker, 1 + number % WEDDINGS, "core_fields_{}" if join else None)
            took = (time.monotonic() - began) * 1000
            client.close()
            return took

    return await asyncio.gather(*(one(number) for number in range(count)))


async def presence(worker: Worker, changes: int) -> list[float]:
    """Milliseconds from each change to each recipient. Raises RuntimeError if one is missing."""
    sent: dict[int, float] = {}
    heard: list[tuple[int, float]] = []

    def hear(payload: bytes, now: float) -> None:
        if b'"presence_diff"' in payload[:200]:
            joins = json.loads(payload)[4]["joins"].values()
            heard.extend((meta["mark"], now) for entry in joins for meta in entry["metas"])

    people = [await open_on(worker, 1, "presence_{}", hear) for _ in range(PEOPLE)]
    topic = f"realtime:presence_{wedding_id(1)}"
    try:
        # The initial presence of each user does not count.
        for client in people:
            show(client, topic, 0)
        await asyncio.sleep(1)
        heard.clear()
        for number in range(1, changes + 1):
            sent[number] = time.monotonic()
            show(people[number % PEOPLE], topic, number)
            await asyncio.sleep(1 / PER_SECOND)
        for _ in range(200):
            if len(heard) >= changes * PEOPLE:
                break
            await asyncio.sleep(0.05)
    finally:
        for client in people:
            client.close()
    if sorted(number for number, _ in heard) != sorted(list(sent) * PEOPLE):
        raise RuntimeError(f"{len(heard)} presence changes were received instead of {changes * PEOPLE}")
    return [(at - sent[number]) * 1000 for number, at in heard]


def show(client: Client, topic: str, number: int) -> None:
    """Track, as a stock client does it."""
    track = {"type": "presence", "event": "track", "payload": {"mark": number}}
    client.send(json.dumps(["1", str(number), topic, "presence", track]).encode())


async def measure(dsn: str, options: Options, report: Report) -> None:
    """All three, in rounds; the first one warms up."""
    rows: dict[str, list[dict[str, float]]] = {}
    wanted = set(options.only) or {"connect", "presence", "burst"}
    async with running_worker(dsn) as worker:
        side = Side("wedsync_data.core_fields")
        held = [
            await open_on(worker, 1 + number % WEDDINGS, "core_fields_{}", side.hear)
            for number in range(WEDDINGS * EACH)
        ]
        first = 0
        for turn in range(options.rounds + 1):
            found: dict[str, dict[str, float]] = {}
            if "connect" in wanted:
                found["connect"] = summary(await connects(worker, options.each, join=False))
                found["connect and join"] = summary(await connects(worker, options.each, join=True))
            if "presence" in wanted:
                found["presence"] = summary(await presence(worker, options.each))
            if "burst" in wanted:
                for name, rate in (("before", CALM), ("burst", BUSY), ("after", CALM)):
                    seconds = options.numbers["seconds"] if turn else 1
                    found[name] = await side.run(dsn, rate, seconds, first)
                    first += rate * seconds
            if turn:
                for name, row in found.items():
                    rows.setdefault(name, []).append(row)
        if any(client.ended for client in held):
            raise RuntimeError("a socket was lost")
    for name, each in rows.items():
        report.results[name] = sorted(each, key=lambda row: row["p50_ms"])[len(each) // 2]
    for name, most in (("connect", 500), ("connect and join", 500), ("presence", 50), ("burst", 100)):
        if name in rows:
            report.put(f"{name}, p95 / {most} ms", [row["p95_ms"] / most for row in rows[name]])
    if "burst" in rows:
        report.put("burst, rate reached / ten times", [row["per_second"] / BUSY for row in rows["burst"]])
        pairs = zip(rows["after"], rows["before"], strict=True)
        report.put("p95 after the burst / before it", [after["p95_ms"] / before["p95_ms"] for after, before in pairs])


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=3, each=200, numbers={"seconds": (5, "length of each of the three rates of a burst")}
    )
    report = Report("live", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect_database(dsn)) as connection:
        open_doors(connection)
        load_weddings(connection, 200)
        uvloop.run(measure(dsn, options, report))
        report.machine = machine(connection, options.settings)
    report.notes.append(
        f"{AT_ONCE} sockets open at a time; {PEOPLE} people show {PER_SECOND} changes a second; "
        f"{WEDDINGS * EACH} sockets hear {CALM}, {BUSY} and again {CALM} changes a second"
    )
    report.show(options)


if __name__ == "__main__":
    main()
