"""Duties by the clock. Each is harmless when several nodes do it at once; SQL decides what there is to do."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from wedsync.db import TRANSIENT
from wedsync.logs import logger

log = logger("steward")

PARTITIONS_EVERY = 3600.0
_RETRY_AFTER = 60.0


class Steward:
    """Keeps partitions made ahead, so that a write never meets a day without one."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def run(self) -> None:
        """Do the duties until cancelled; a failed one is repeated after a minute."""
        while True:
            pause = PARTITIONS_EVERY
            try:
                await self._pool.execute("select wedsync_internal.ensure_partitions()")
            except TRANSIENT as exc:
                log.warning("partitions_failed", error=type(exc).__name__)
                pause = _RETRY_AFTER
            # Jitter keeps the nodes apart.
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311
