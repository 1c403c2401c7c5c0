"""Webhooks of a thousand couples at the same time: signed, over HTTP to a real worker, each changes its wedding.

`webhook`: verified, stored, handled with the rights of a user, answered. `healthz`: the same connections ask the same
process for its health, which is what HTTP costs. `update`: the same change by update_core_fields on two connections.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
from _load import load_weddings, wedding_id
from _report import Options, Report, Target, arguments
from _stage import machine, stage
from _worker import open_doors, running_worker

from wedsync.database.connections import asyncpg_dsn
from wedsync.install.database import Connection, connect
from wedsync.logs import configure

COUPLES = 1000
AT_ONCE = 32
SESSIONS = 2
PLANNER = UUID("00000000-0000-4000-8000-0000000fffff")
REQUIRED_MS = 200

MEASURES = ("F001-42", "F001-44")
TARGETS = {"200 ms / average of webhooks": Target(at_least=1.0)}


def prepare(connection: Connection) -> bytes:
    """A thousand weddings with one planner, and a source that acts as that planner; returns the key of its signatures."""
    load_weddings(connection, COUPLES)
    connection.execute(
        """
        insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role)
        select w.id, %s, 'planner' from wedsync_data.weddings as w
        """,
        (PLANNER,),
    )
    connection.execute("select wedsync_internal.rebuild_reach()")
    connection.execute("update wedsync_data.rate_limits set max_requests = null")
    row = connection.execute(
        "select wedsync.create_webhook_source('couples', 'core_fields', %s) ->> 'secret'", (PLANNER,)
    ).fetchone()
    connection.execute("update wedsync_data.webhook_sources set max_requests = 100000")
    assert row is not None
    return base64.b64decode(str(row[0]).removeprefix("whsec_"))


def patch(number: int) -> dict[str, Any]:
    """A change of the guest numbers."""
    return {"wedding.guestCount.adults": 50 + number % 900}


def signed(key: bytes, couple: int, number: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a webhook."""
    data = {"couple_id": str(wedding_id(couple)), "patch": patch(number)}
    body = json.dumps({"type": "core_fields.update", "data": data}).encode()
    message, at = f"{couple}-{number}", str(int(time.time()))
    digest = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    return body, {"webhook-id": message, "webhook-timestamp": at, "webhook-signature": signature}


async def all_couples(at_once: int, call: Callable[[int], Awaitable[None]]) -> dict[str, float]:
    """One call for each couple, `at_once` at a time; milliseconds of a call, and calls per second."""
    waiting = iter(range(1, COUPLES + 1))
    taken: list[float] = []

    async def caller() -> None:
        for couple in waiting:
            started = time.perf_counter()
            await call(couple)
            taken.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    elapsed = time.perf_counter() - started
    taken.sort()
    return {
        "average_ms": round(sum(taken) / len(taken), 2), "p95_ms": round(taken[int(len(taken) * 0.95)], 2),
        "per_second": round(COUPLES / elapsed, 1),
    }  # fmt: skip


async def measure(dsn: str, key: bytes, options: Options, report: Report) -> None:
    """Round after round, in alternating order."""
    found: dict[str, list[dict[str, float]]] = {"webhook": [], "healthz": [], "update": []}
    async with running_worker(dsn) as worker, aiohttp.ClientSession(f"http://127.0.0.1:{worker.http_port}") as session:
        free: asyncio.Queue[Any] = asyncio.Queue()
        for _ in range(SESSIONS):
            free.put_nowait(await _planner(dsn))
        number = 0

        async def webhook(couple: int) -> None:
            body, headers = signed(key, couple, number)
            async with session.post("/webhooks/couples", data=body, headers=headers) as answer:
                if answer.status != 202:
                    raise RuntimeError(f"answered with {answer.status}: {await answer.text()}")

        async def healthz(_couple: int) -> None:
            async with session.get("/healthz") as answer:
                await answer.read()

        async def update(couple: int) -> None:
            connection = await free.get()
            try:
                await connection.fetchval(
                    "select wedsync.update_core_fields($1, $2, answer => 'minimal')",
                    wedding_id(couple),
                    json.dumps(patch(number)),
                )
            finally:
                free.put_nowait(connection)

        calls = {"webhook": webhook, "healthz": healthz, "update": update}
        for turn in range(options.rounds):
            for name in list(calls) if turn % 2 == 0 else list(reversed(calls)):
                number += 1
                found[name].append(await all_couples(AT_ONCE, calls[name]))
        while not free.empty():
            await free.get_nowait().close()
    for name, rounds in found.items():
        report.results[name] = {key: sorted(each[key] for each in rounds)[len(rounds) // 2] for key in rounds[0]}
    report.put("200 ms / average of webhooks", [REQUIRED_MS / each["average_ms"] for each in found["webhook"]])
    for peer in ("healthz", "update"):
        both = zip(found["webhook"], found[peer], strict=True)
        report.put(f"webhook / {peer}", [one["per_second"] / other["per_second"] for one, other in both])


async def _planner(dsn: str) -> Any:
    connection = await asyncpg.connect(asyncpg_dsn(dsn))
    await connection.execute(
        "select set_config('request.jwt.claims', $1, false)", json.dumps({"sub": str(PLANNER), "role": "authenticated"})
    )
    await connection.execute("set role authenticated")
    return connection


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=5, each=0)
    configure("error")
    report = Report("webhooks", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        key = prepare(connection)
        open_doors(connection)
        asyncio.run(measure(dsn, key, options, report))
        failed = connection.execute(
            "select count(*) from wedsync_data.webhook_deliveries where status <> 'handled'"
        ).fetchone()
        report.notes.append(f"{failed and failed[0]} webhooks were not handled at once")
        report.machine = machine(connection, options.settings)
    report.notes.append(
        f"{COUPLES:,} couples, {AT_ONCE} requests at a time; commits do not wait for the disk unless --durable is given"
    )
    report.show(options)


if __name__ == "__main__":
    main()
