"""Scheduled jobs. SQL determines what is due and runs it; concurrent calls by several nodes are harmless."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from wedsync.database import calls
from wedsync.database.connections import TRANSIENT, Backoff
from wedsync.logs import logger

log = logger("jobs")

ASK_EVERY = 1.0
RETRY_AFTER = 60.0


class JobRunner:
    """Runs the jobs of `wedsync_data.scheduled_jobs`."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._resting: dict[str, float] = {}

    async def run(self) -> None:
        """Check every second until cancelled. A failed job pauses for a minute; the others continue."""
        backoff = Backoff()
        while True:
            # Jitter desynchronizes the nodes.
            await asyncio.sleep(ASK_EVERY * random.uniform(0.8, 1.2))  # noqa: S311
            try:
                due = await calls.due_jobs(self._pool)
            except TRANSIENT as exc:
                await backoff.rest(exc, log, "due_jobs_unknown")
                continue
            backoff.reset()
            for job in due:
                await self._do(job)

    async def _do(self, job: str) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._resting.get(job, now):
            return
        try:
            result = await calls.run_job(self._pool, job)
        except TRANSIENT as exc:
            log.warning("job_failed", job=job, error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
            self._resting[job] = now + RETRY_AFTER
            return
        if result:
            log.info("job_done", job=job, result=result)
