"""From commit to socket: WedSync beside a thirty-line relay of our own from LISTEN to WebSocket.

Four writers change the records of eight weddings, and two people of each wedding listen. The peer's table has the same columns
and a trigger that sends the row with NOTIFY to a process that passes it on (`latency_peer.py`): no rights, no log, no order, no
resume. Both are offered the same rates in turn. The time runs from the moment before `commit` is sent to the bytes at the
client; all processes share one clock.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from _load import load_weddings, wedding_id
from _picture import histogram
from _report import Options, Report, Target, arguments
from _sockets import Client, connect, realtime_path
from _stage import machine, stage
from _worker import join_message, open_doors, running_worker, token
from _writers import MARK, Order, burst, percentile

from wedsync.database.connections import asyncpg_dsn
from wedsync.install.database import connect as connect_database

WEDDINGS = 8
EACH = 2
WRITERS = 4
RATES = (100, 1000)

MEASURES = ("F000-85", "F001-43", "F004-111", "C-32")
TARGETS = {
    **{f"p50 / peer's p50, {rate} a second": Target(at_most=2.0) for rate in RATES},
    f"p99 / 100 ms, {RATES[-1]} a second": Target(at_most=1.0),
}

_PEER = """
create schema peer;
create table peer.record as select * from wedsync_data.core_fields;
alter table peer.record add primary key (couple_id);
create function peer.tell() returns trigger language plpgsql as $$
begin
    perform pg_notify('peer', new.couple_id || ' ' || row_to_json(new));
    return null;
end
$$;
create trigger tell after update on peer.record for each row execute function peer.tell();
grant usage on schema peer to service_role;
grant select, update on peer.record to service_role;
"""


@dataclass
class Side:
    """One of the two sides: the writers' statements, and the received changes."""

    table: str
    late: dict[int, list[float]] = field(default_factory=lambda: {rate: [] for rate in RATES})
    heard: list[tuple[int, float]] = field(default_factory=list)

    def hear(self, payload: bytes, now: float) -> None:
        """Keep the number and the time of a change."""
        found = MARK.search(payload)
        if found is not None:
            self.heard.append((int(found[1]), now))

    async def run(self, dsn: str, rate: int, seconds: int, first: int) -> dict[str, float]:
        """One burst; raises RuntimeError if a change was lost or repeated."""
        self.heard.clear()
        statements = [
            f"update {self.table} set partner2_name = $1 where couple_id = '{wedding_id(number + 1)}'"
            for number in range(WEDDINGS)
        ]
        reached, commits = await burst(Order(dsn, statements, ["James {}"] * WEDDINGS, WRITERS, rate, seconds, first))
        for _ in range(300):
            if len(self.heard) >= len(commits) * EACH:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)
        if sorted(number for number, _ in self.heard) != sorted(list(commits) * EACH):
            raise RuntimeError(f"{len(self.heard)} frames were received instead of {len(commits) * EACH}")
        late = sorted((at - commits[number]) * 1000 for number, at in self.heard)
        self.late[rate] += late
        return {
            "per_second": round(reached, 1),
            "p50_ms": round(percentile(late, 0.5), 2),
            "p95_ms": round(percentile(late, 0.95), 2),
            "p99_ms": round(percentile(late, 0.99), 2),
        }


@asynccontextmanager
async def running_peer(dsn: str) -> AsyncIterator[int]:
    """The peer as a process; yields its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("latency_peer.py")),
        asyncpg_dsn(dsn),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield int(await asyncio.wait_for(process.stdout.readline(), 20))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure(dsn: str, options: Options, report: Report) -> dict[str, Side]:
    """Both sides at every rate, in rounds that turn around."""
    sides = {"wedsync": Side("wedsync_data.core_fields"), "peer": Side("peer.record")}
    async with running_worker(dsn) as worker, running_peer(dsn) as port:
        clients: list[Client] = []
        for number in range(1, WEDDINGS + 1):
            couple = wedding_id(number)
            for _ in range(EACH):
                join = join_message(f"core_fields_{couple}", token(couple), [])
                clients.append(
                    await connect(worker.port, realtime_path(token(couple)), join=join, hear=sides["wedsync"].hear)
                )
                clients.append(await connect(port, f"/{couple}", hear=sides["peer"].hear))
        first = 0
        rows: dict[tuple[str, int], list[dict[str, float]]] = {(name, rate): [] for rate in RATES for name in sides}
        for turn in range(options.rounds + 1):
            for rate in RATES:
                for name in sides if turn % 2 else reversed(sides):
                    result = await sides[name].run(dsn, rate, options.numbers["seconds"] if turn else 1, first)
                    first += rate * options.numbers["seconds"]
                    if turn:  # the first round warms up
                        rows[name, rate].append(result)
                    else:
                        sides[name].late[rate].clear()
        if any(client.ended for client in clients):
            raise RuntimeError("a socket was lost")
    for (name, rate), found in rows.items():
        middle = sorted(found, key=lambda row: row["p50_ms"])[len(found) // 2]
        report.results[f"{name}, {rate} offered"] = middle
    for rate in RATES:
        pairs = list(zip(rows["wedsync", rate], rows["peer", rate], strict=True))
        for share in ("p50", "p99"):
            report.put(
                f"{share} / peer's {share}, {rate} a second",
                [ours[f"{share}_ms"] / theirs[f"{share}_ms"] for ours, theirs in pairs],
            )
        report.put(f"p99 / 100 ms, {rate} a second", [ours["p99_ms"] / 100 for ours, _ in pairs])
        report.put(f"rate reached / {rate} offered", [ours["per_second"] / rate for ours, _ in pairs])
    return sides


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=3, each=0, numbers={"seconds": (3, "length of a burst")})
    # as servers have it by default: before 18 a plan whose cost is overestimated would be compiled at every poll
    options.settings["jit"] = "on"
    report = Report("latency", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect_database(dsn)) as connection:
        open_doors(connection)
        load_weddings(connection, 200)
        connection.execute(_PEER)
        sides = uvloop.run(measure(dsn, options, report))
        report.machine = machine(connection, options.settings)
    report.notes.append(
        f"{WEDDINGS} weddings, {EACH} sockets each, {WRITERS} writers; every change was received exactly once by each"
    )
    rate = RATES[-1]
    series = {name: side.late[rate] for name, side in sides.items()}
    report.show(
        options,
        histogram(
            f"commit to socket at {rate} changes a second",
            series,
            "share of deliveries by milliseconds; dashed: median",
        ),
    )


if __name__ == "__main__":
    main()
