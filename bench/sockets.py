"""Many joined sockets on one machine, and the worker's memory per socket.

Clients are separate processes on several loopback addresses, because an address has about 28,000 ports and a
process has an open-file limit; the worker uses as many gateways as that limit requires. Each socket joins the
channel of one of a thousand weddings. Memory is that of all gateways together, before the first socket and with all of them:
RSS, and PSS, in which shared pages count once. Kernel memory is not included. At the
end a change is made in every wedding, which every socket has to receive.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import uvloop
from _load import load_weddings, wedding_id
from _picture import columns
from _report import Options, Report, Target, arguments
from _sockets import Client, connect, realtime_path
from _stage import machine, stage
from _worker import join_message, open_doors, running_worker, token

from wedsync.install.database import Connection
from wedsync.install.database import connect as connect_database

WEDDINGS = 1000
STEPS = 5
PER_PROCESS = 15_000
_AT_ONCE = 50
_PAUSES = (1, 2, 5, 10)

MEASURES = ("F000-88", "F004-112", "C-31")
TARGETS = {
    "sockets held / asked for": Target(at_least=1.0),
    "sockets that heard the change / held": Target(at_least=1.0),
    "RSS per socket / 12 KB": Target(at_most=1.0),
}


async def hold(port: int, source: str) -> None:
    """The clients' process: {"open": n} opens n more, {"heard": null} returns the number that received something."""
    clients: list[Client] = []
    failures: list[str] = []
    limit = asyncio.Semaphore(_AT_ONCE)

    async def open_one(number: int) -> Client:
        couple = wedding_id(1 + number % WEDDINGS)
        user_token = token(couple)
        async with limit:
            join = join_message(f"core_fields_{couple}", user_token, [])
            for pause in _PAUSES:
                try:
                    return await connect(port, realtime_path(user_token), join=join, source=source)
                except OSError as exc:
                    # Stock clients retry as well.
                    failures.append(str(exc))
                    await asyncio.sleep(pause)
            raise RuntimeError(f"a socket did not join: {failures[-1]}")

    while line := await asyncio.to_thread(sys.stdin.readline):
        asked: dict[str, Any] = json.loads(line)
        if "open" in asked:
            begun = len(clients)
            clients += await asyncio.gather(*(open_one(begun + number) for number in range(asked["open"])))
        answer = {
            "held": sum(not each.ended for each in clients),
            "heard": sum(each.received for each in clients),
            "failures": len(failures),
        }
        print(json.dumps(answer), flush=True)


class Holder:
    """A client process, as seen by the benchmark."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, port: int, number: int) -> Holder:
        """A process whose sockets have their own source address."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__)), "--hold", str(port), f"127.0.1.{number + 1}",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return cls(process)

    async def ask(self, **what: Any) -> dict[str, int]:
        """A request and its response. Raises RuntimeError if the process died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of clients ended")
        answer: dict[str, int] = json.loads(line)
        return answer

    async def end(self) -> None:
        """Close all its sockets."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def measure(dsn: str, connection: Connection, options: Options, report: Report) -> dict[str, float]:
    """Open the sockets in steps, and measure the memory after each."""
    wanted = options.numbers["sockets"]
    gateways = options.numbers["gateways"] or -(-wanted // PER_PROCESS)
    pictured: dict[str, float] = {}
    async with running_worker(dsn, gateways=gateways) as worker:
        holders = [await Holder.start(worker.port, number) for number in range(-(-wanted // PER_PROCESS))]
        try:
            await asyncio.sleep(2)
            empty, held = worker.memory(), 0
            for step in range(1, STEPS + 1):
                share = wanted * step // STEPS // len(holders) - held // len(holders)
                started = time.monotonic()
                held = sum(
                    answer["held"] for answer in await asyncio.gather(*(each.ask(open=share) for each in holders))
                )
                rate = share * len(holders) / (time.monotonic() - started)
                await asyncio.sleep(1)
                now = worker.memory()
                each_kb = {name: (now[name] - empty[name]) / held / 1024 for name in now}
                report.results[f"{held:,} sockets"] = {
                    "rss_kb_each": round(each_kb["rss"], 2), "pss_kb_each": round(each_kb["pss"], 2),
                    "worker_mb": round(now["rss"] / 2**20, 1), "joins_per_second": round(rate),
                }  # fmt: skip
                pictured[f"{held:,} sockets"] = each_kb["rss"]
            asked = wanted // len(holders) * len(holders)
            await asyncio.sleep(options.numbers["stay"])
            held = sum(answer["held"] for answer in await asyncio.gather(*(each.ask() for each in holders)))
            connection.execute("update wedsync_data.core_fields set partner2_name = 'Jim'")
            heard = 0
            for _ in range(100):
                heard = sum(answer["heard"] for answer in await asyncio.gather(*(each.ask() for each in holders)))
                if heard >= held:
                    break
                await asyncio.sleep(0.1)
            failures = sum(answer["failures"] for answer in await asyncio.gather(*(each.ask() for each in holders)))
            after = worker.memory()
        finally:
            for each in holders:
                await each.end()
    report.put("sockets held / asked for", [held / asked])
    report.put("sockets that heard the change / held", [heard / held])
    for name in ("rss", "pss"):
        report.put(f"{name.upper()} per socket / 12 KB", [(after[name] - empty[name]) / held / 1024 / 12])
    report.notes.append(f"{failures} joins were refused or timed out, and tried again")
    report.notes.append(
        f"{gateways} gateway processes with {empty['rss'] / 2**20:.0f} MB before the first socket;"
        f" at the end, after a change in every wedding, {(after['rss'] - empty['rss']) / held / 1024:.1f} KB of RSS"
        f" and {(after['pss'] - empty['pss']) / held / 1024:.1f} KB of PSS for each socket"
    )
    return pictured


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=1, each=0,
        numbers={
            "sockets": (5_000, "how many, at most 50,000 on one machine"), "stay": (1, "seconds to hold all of them"),
            "gateways": (0, "processes of the worker; 0: as many as their limit of files asks for"),
        },
    )  # fmt: skip
    report = Report("sockets", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect_database(dsn)) as connection:
        open_doors(connection)
        load_weddings(connection, WEDDINGS)
        pictured = uvloop.run(measure(dsn, connection, options, report))
        report.machine = machine(connection, options.settings)
    report.show(
        options,
        columns(
            "memory of the worker per joined socket",
            pictured,
            "KB",
            "growth of RSS of all gateways together, by number of sockets",
        ),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hold"]:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        uvloop.run(hold(int(sys.argv[2]), sys.argv[3]))
    else:
        main()
