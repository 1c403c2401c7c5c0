"""Batched writes: an invalid item fails alone, and progress can be monitored."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from wedsync.database.connections import TRANSIENT, blames_values

T = TypeVar("T")


class Progress:
    """Progress of a component: work, including retries, is between `begin` and `done`."""

    def __init__(self) -> None:
        self._since: float | None = None

    def begin(self) -> None:
        """There is work to do; harmless if there was already."""
        if self._since is None:
            self._since = time.monotonic()

    def done(self) -> None:
        """Nothing is left to do."""
        self._since = None

    @property
    def waiting_seconds(self) -> float:
        """Age of the oldest unfinished work."""
        return 0.0 if self._since is None else time.monotonic() - self._since


async def write_in_parts(
    items: Sequence[T], write: Callable[[Sequence[T]], Awaitable[None]], refused: Callable[[T, Exception], None]
) -> None:
    """Write all items in one call. If the database rejects them, bisect to isolate the rejected ones.

    These are passed to `refused`. Other exceptions of the driver are raised; some items may be written then.
    """
    try:
        await write(items)
    except TRANSIENT as exc:
        if not items or not blames_values(exc):
            raise
        if len(items) == 1:
            refused(items[0], exc)
            return
        middle = len(items) // 2
        await write_in_parts(items[:middle], write, refused)
        await write_in_parts(items[middle:], write, refused)
