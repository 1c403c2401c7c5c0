"""Settings for sockets from the settings table, read at the start and every minute."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from wedsync.database import calls
from wedsync.database.connections import TRANSIENT, Backoff
from wedsync.logs import logger

log = logger("rules")

READ_EVERY = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rows of wedsync_data.settings by name, and server_events; defaults apply until they are read."""

    channels_per_socket: int = 100
    joins_per_second: float = 10.0
    messages_per_second: float = 100.0
    message_max_bytes: int = 3_145_728
    gateway_silent_seconds: float = 5.0
    gateway_stuck_seconds: float = 10.0
    server_events: Collection[str] = ()


class RuleBook:
    """`rules` are the last ones read; `known` is set after the first read."""

    def __init__(self, pool: Any) -> None:
        self.known = asyncio.Event()
        self.rules = Rules()
        self._pool = pool

    def messages_per_second(self) -> float:
        """The configured rate of a sender."""
        return self.rules.messages_per_second

    async def run(self) -> None:
        """Read until cancelled; if reading fails, the earlier ones stay in effect."""
        backoff = Backoff()
        while True:
            try:
                await self.read()
            except TRANSIENT as exc:
                await backoff.rest(exc, log, "rules_unknown")
                continue
            backoff.reset()
            await asyncio.sleep(READ_EVERY * random.uniform(0.8, 1.2))  # noqa: S311

    async def read(self) -> None:
        """Read once. Raises the driver's exceptions."""
        given = await calls.worker_settings(self._pool)
        known = {field.name for field in fields(Rules)}
        self.rules = Rules(**{name: value for name, value in given.items() if name in known})
        self.known.set()
