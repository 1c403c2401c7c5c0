"""Events a minute through wedsync.broadcast_batch: stored, numbered per topic, announced, by two writers in batches of 1,000.

Two consecutive runs are reported, as one good minute proves little. `alone`: nobody listens. `delivering`: a relay makes
the frames of every event for one subscriber at the same time, on the same machine.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack, closing
from uuid import uuid4

import asyncpg
from _load import load_weddings, wedding_id
from _report import Options, Report, Target, arguments
from _stage import machine, stage
from doorbell import audience

from wedsync.database.connections import asyncpg_dsn
from wedsync.install.database import connect
from wedsync.logs import configure

WRITERS = 2
TOPICS = 20
MINUTE = 1_000_000

MEASURES = ("F004-113",)
TARGETS = {
    "run 1, alone / a million a minute": Target(at_least=1.0),
    "run 2, alone / a million a minute": Target(at_least=1.0),
}


def batch(size: int) -> str:
    """Events as an app would send them, in turn to each of the topics."""
    return json.dumps([
        {
            "topic": f"wedding:{wedding_id(1 + number % TOPICS)}",
            "event": "guest_replied",
            "payload": {"guest": str(uuid4()), "coming": number % 3 > 0, "meal": "vegetarian", "note": "Looking forward to it"},
        }
        for number in range(size)
    ])  # fmt: skip


async def write(dsn: str, messages: str, until: float) -> int:
    """Calls one after the other until the time is over; returns their number."""
    connection = await asyncpg.connect(asyncpg_dsn(dsn))
    try:
        await connection.execute("set role service_role")
        prepared = await connection.prepare("select wedsync.broadcast_batch($1::jsonb)")
        calls = 0
        while time.perf_counter() < until:
            await prepared.fetchval(messages)
            calls += 1
        return calls
    finally:
        await connection.close()


async def run(dsn: str, size: int, seconds: float, *, delivering: bool) -> dict[str, float]:
    """One run: events stored per second, and frames made while they were stored."""
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(audience(dsn, TOPICS, "wedding:{}")) if delivering else None
        started = time.perf_counter()
        messages = batch(size)
        calls = sum(await asyncio.gather(*(write(dsn, messages, started + seconds) for _ in range(WRITERS))))
        taken = time.perf_counter() - started
        result = {"per_second": round(calls * size / taken, 1), "per_minute": round(calls * size / taken * 60)}
        if live is not None:
            result["frames_per_event"] = round(await live.heard(calls * size), 4)
        return result


async def measure(dsn: str, options: Options, report: Report) -> None:
    """Run after run."""
    size, seconds = options.numbers["batch"], options.numbers["seconds"]
    await run(dsn, size, 1, delivering=False)  # warms up
    rates: dict[str, list[float]] = {"alone": [], "delivering": []}
    for turn in range(1, options.rounds + 1):
        for name in rates:
            result = await run(dsn, size, seconds, delivering=name == "delivering")
            report.results[f"run {turn}, {name}"] = result
            report.put(f"run {turn}, {name} / a million a minute", [result["per_minute"] / MINUTE])
            rates[name].append(result["per_minute"] / MINUTE)
    for name, found in rates.items():
        report.put(f"all runs, {name} / a million a minute", found)


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=2, each=0, numbers={"seconds": (8, "length of a run"), "batch": (1000, "events of one call")}
    )
    configure("error")
    report = Report("ingest", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        load_weddings(connection, TOPICS)
        asyncio.run(measure(dsn, options, report))
        stored = connection.execute("select count(*) from wedsync_data.messages").fetchone()
        report.machine = machine(connection, options.settings)
        report.notes.append(f"{stored and stored[0]:,} events lay in the log at the end")
    report.notes.append(
        f"{WRITERS} writers, {TOPICS} topics; commits do not wait for the disk unless --durable is given"
    )
    report.show(options)


if __name__ == "__main__":
    main()
