"""Writing in batches: one bad item fails alone, and somebody outside can see whether the writing succeeds."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from wedsync.database.connections import TRANSIENT, blames_values

T = TypeVar("T")


class Progress:
    """Whether a part of the worker gets done what it has to do. Between `begin` and `done` lies the work, retries included."""

    def __init__(self) -> None:
        self._since: float | None = None

    def begin(self) -> None:
        """There is something to do; harmless when there was already."""
        if self._since is None:
            self._since = time.monotonic()

    def done(self) -> None:
        """Nothing is left to do."""
        self._since = None

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest work has waited for success."""
        return 0.0 if self._since is None else time.monotonic() - self._since


async def write_in_parts(
    items: Sequence[T], write: Callable[[Sequence[T]], Awaitable[None]], refused: Callable[[T, Exception], None]
) -> None:
    """Write all items in one call. Where the database refuses them, halve until those that it refuses are alone.

    Each of those is handed to `refused`. Raises what the driver raises for any other reason; some may be written then.
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
