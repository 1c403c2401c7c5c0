"""Claims deliveries, sends them at the same time within the limits of each channel, and records what became of them."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from wedsync.database import queue
from wedsync.database.connections import TRANSIENT, Backoff, blames_values
from wedsync.delivery.outcomes import Adapter, Delivery, Failed
from wedsync.logs import logger
from wedsync.metrics import Stats

log = logger("deliveries")

ASK_EVERY = 0.5
"""Seconds between two looks at an empty queue, for what becomes due and for notifications that are lost."""
SOONEST = 0.01
"""Seconds between two looks, however often every login of the database notifies."""
LONGEST_SECONDS = 45.0
"""For one delivery, less than its lease."""
RECORD_SECONDS = 10.0
"""How long to try to record what became of a delivery; with the time for sending, less than its lease."""
PAGE = 50


class Deliveries:
    """Serves the channels of `adapters`. `queued` is set when something was queued; without it the queue is polled only."""

    def __init__(
        self, pool: Any, adapters: Mapping[str, Adapter], stats: Stats, queued: asyncio.Event | None = None
    ) -> None:
        self.node = uuid.uuid4()
        self._pool = pool
        self._adapters = adapters
        self._stats = stats
        self._busy: Counter[str] = Counter()
        self._sending: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._queued = queued or asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Work until cancelled, or until `stop`."""
        backoff = Backoff()
        pause = ASK_EVERY
        while not self._stopping:
            self._queued.clear()
            try:
                claimed = await self._claim()
            except TRANSIENT as exc:
                await backoff.rest(exc, log, "deliveries_not_claimed")
                continue
            backoff.reset()
            if claimed:
                pause = SOONEST
                continue
            # Transactions of this moment may have seen deliveries waiting, and will not notify.
            await self._pause(pause)
            pause = min(2 * pause, ASK_EVERY)
        # `stop` cancels what remains.
        await asyncio.Event().wait()

    async def _claim(self) -> int:
        free = {name: each.most - self._busy[name] for name, each in self._adapters.items()}
        channels = [name for name, places in free.items() if places > 0]
        if not channels:
            return 0
        most = min(PAGE, *(free[name] for name in channels))
        claimed = await queue.claim_deliveries(self._pool, self.node, channels, most)
        for delivery in claimed:
            self._busy[delivery.channel] += 1
            task = asyncio.create_task(self._deliver(delivery))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(claimed)

    async def _pause(self, seconds: float) -> None:
        """Until something was queued, or while a channel is full, a place is free; jitter desynchronizes the nodes."""
        self._freed.clear()
        full = any(self._busy[name] >= each.most for name, each in self._adapters.items())
        if not full:
            await asyncio.sleep(SOONEST)
        try:
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311
                await (self._freed if full else self._queued).wait()
        except TimeoutError:
            pass

    async def _deliver(self, delivery: Delivery) -> None:
        begun = time.monotonic()
        failure: Failed | None = None
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._adapters[delivery.channel].send(delivery)
        except Failed as exc:
            failure = exc
        except TimeoutError:
            failure = Failed("no answer in time")
        except Exception as exc:  # noqa: BLE001 (one delivery must not end the others)
            log.fault("delivery_fault", channel=delivery.channel, delivery=str(delivery.id), error=type(exc).__name__)
            failure = Failed(f"a fault of the worker ({type(exc).__name__})")
        finally:
            self._busy[delivery.channel] -= 1
            self._freed.set()
        await self._record(delivery, failure, 1000 * (time.monotonic() - begun))

    async def _record(self, delivery: Delivery, failure: Failed | None, took: float) -> None:
        """Until the lease ends: what is not recorded by then is sent again."""
        self._stats.count("notifications_sent" if failure is None else "notifications_failed", delivery.channel)
        backoff = Backoff()
        given_up_at = time.monotonic() + RECORD_SECONDS
        while True:
            try:
                state = await self._settle(delivery, failure, took)
                break
            except TRANSIENT as exc:
                if time.monotonic() >= given_up_at or blames_values(exc):
                    code = getattr(exc, "sqlstate", None)
                    log.error(  # noqa: TRY400 (the state says it all)
                        "delivery_not_recorded", delivery=str(delivery.id), error=type(exc).__name__, sqlstate=code
                    )
                    return
                await backoff.rest(exc, log, "delivery_not_yet_recorded", delivery=str(delivery.id))
        if failure is not None:
            log.info(
                "delivery_failed", channel=delivery.channel, delivery=str(delivery.id), attempt=delivery.attempt,
                reason=failure.reason, state=state,
            )  # fmt: skip

    async def _settle(self, delivery: Delivery, failure: Failed | None, took: float) -> str | None:
        if failure is None:
            await queue.finish_deliveries(self._pool, self.node, [(delivery.id, took)])
            return "delivered"
        return await queue.fail_delivery(self._pool, self.node, delivery.id, failure, took)

    async def stop(self, seconds: float) -> None:
        """Claim no more, wait for what is being sent, then give the rest back."""
        self._stopping = True
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        for adapter in self._adapters.values():
            await adapter.close()
        try:
            await queue.release_deliveries(self._pool, self.node)
        except TRANSIENT as exc:
            # The leases run out by themselves.
            log.warning("deliveries_not_released", error=type(exc).__name__)
