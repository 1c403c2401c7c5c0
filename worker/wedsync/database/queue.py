"""The queue of deliveries: the SQL functions that hand them out and take back what became of them.

All raise the driver's exceptions, see `TRANSIENT`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from wedsync.delivery.outcomes import Delivery, Failed

Executor = Any
"""A pool or a connection of asyncpg; the library ships no types."""


async def claim_deliveries(on: Executor, node: uuid.UUID, channels: Sequence[str], most: int) -> list[Delivery]:
    """Lease up to `most` deliveries of these channels that are due."""
    rows = await on.fetch("select * from wedsync_internal.claim_deliveries($1, $2, $3)", node, channels, most)
    return [Delivery(**{**row, "target": json.loads(row["target"])}) for row in map(dict, rows)]


async def finish_deliveries(on: Executor, node: uuid.UUID, sent: Sequence[tuple[uuid.UUID, float]]) -> None:
    """Record deliveries as sent, each with the milliseconds that it took."""
    ids, took = [each for each, _ in sent], [ms for _, ms in sent]
    await on.execute("select wedsync_internal.finish_deliveries($1, $2, $3)", node, ids, took)


async def fail_delivery(on: Executor, node: uuid.UUID, delivery: uuid.UUID, failure: Failed, took: float) -> str | None:
    """Record a failure; returns the next state, or None if the lease has ended."""
    state: str | None = await on.fetchval(
        "select wedsync_internal.fail_delivery($1, $2, $3, $4, $5, $6)",
        node, delivery, failure.reason, failure.outcome, failure.retry_after, took,
    )  # fmt: skip
    return state


async def release_deliveries(on: Executor, node: uuid.UUID) -> None:
    """Give back what was claimed and not sent."""
    await on.execute("select wedsync_internal.release_deliveries($1)", node)
