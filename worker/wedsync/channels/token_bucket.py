"""Token buckets: an average rate with room for bursts. Pure."""

from __future__ import annotations

WINDOW_SECONDS = 10.0
"""The rate is averaged over this time, which is also the burst size."""


class TokenBucket:
    """Tokens that refill steadily, initially full. Times are in seconds of a monotonic clock."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left = float("inf")
        self._at = 0.0

    def take(self, per_second: float, now: float, count: int = 1) -> bool:
        """Take `count` tokens if available; the rate may change between calls."""
        most = per_second * WINDOW_SECONDS
        self._left = min(most, self._left + (now - self._at) * per_second)
        self._at = now
        if self._left < count:
            return False
        self._left -= count
        return True

    def owe(self, per_second: float, now: float, count: int) -> float:
        """Take `count` tokens even if fewer are left. Returns the seconds until the debt is repaid."""
        if self.take(per_second, now, count):
            return 0.0
        self._left -= count
        return -self._left / per_second if self._left < 0 else 0.0

    def left(self) -> int:
        """Whole tokens left after the last call."""
        return int(self._left)

    def idle_since(self) -> float:
        """Time of the last call."""
        return self._at
