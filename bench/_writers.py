"""Writers in a separate process, at a given rate: reads a task as JSON, reports when each change was committed.

`burst` sends the task. Changes contain their number, so that receivers can identify them; the time is that of the
moment just before `commit` was sent, on the system-wide monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from wedsync.database.connections import asyncpg_dsn

MARK = re.compile(rb"5550(\d{8})")
"""The pattern of a number in received messages."""


@dataclass(frozen=True, slots=True)
class Order:
    """`statements` take a text with the number in it as $1 and are used in turn; writer n begins with the n-th."""

    dsn: str
    statements: list[str]
    texts: list[str]
    writers: int
    rate: float
    seconds: float
    first: int


async def _write(order: Order, writer: int, begin_at: float, found: list[tuple[int, float]]) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(order.dsn))
    try:
        await connection.execute("set role service_role")
        prepared = [await connection.prepare(text) for text in order.statements]
        count = int(order.rate * order.seconds)
        for index in range(writer, count, order.writers):
            wait = begin_at + index / order.rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            elif -wait > order.seconds:
                break  # far behind, which shows in the achieved rate
            number = order.first + index
            which = index % len(prepared)
            await connection.execute("begin")
            await prepared[which].fetch(order.texts[which].format(f"5550{number:08d}"))
            at = time.monotonic()
            await connection.execute("commit")
            found.append((number, at))
    finally:
        await connection.close()


async def _main() -> None:
    order = Order(**json.loads(sys.stdin.read()))
    found: list[tuple[int, float]] = []
    begin_at = time.monotonic() + 0.5
    await asyncio.gather(*(_write(order, writer, begin_at, found) for writer in range(order.writers)))
    print(json.dumps({"seconds": time.monotonic() - begin_at, "commits": found}))


async def burst(order: Order) -> tuple[float, dict[int, float]]:
    """Run it; returns the achieved changes per second, and number -> time of commit."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**28
    )
    asked = {name: getattr(order, name) for name in Order.__slots__}
    out, _ = await process.communicate(json.dumps(asked).encode())
    if process.returncode != 0:
        raise RuntimeError("the writers failed")
    answer: dict[str, Any] = json.loads(out)
    commits = {int(number): float(at) for number, at in answer["commits"]}
    return len(commits) / answer["seconds"], commits


def percentile(values: list[float], share: float) -> float:
    """The quantile of the sorted `values`."""
    return values[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:
        asyncio.run(_main())
    else:
        uvloop.run(_main())
