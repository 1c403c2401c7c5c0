"""How hard writers press: whether they may ring for every change, or would queue behind the doorbell.

NOTIFY serialises the commits of the whole cluster. While changes are few and writers do not meet, that costs nothing, and
a ring brings a change to the reader sooner than any clock would.
"""

from __future__ import annotations

WINDOW = 0.1
"""Seconds over which writers are counted."""
RINGS_A_SECOND = 1500.0
CROWD = 2.0
"""Transactions under way when one ends, on average, from which on they are said to wait for each other."""

_LEAVES_AT = 0.75


class Pressure:
    """Counts what every look found. `high` says that ringing costs more than it gains, until it clearly does not."""

    def __init__(self) -> None:
        self.high = False
        self._since = 0.0
        self._looks = 0
        self._events = 0
        self._running = 0

    def note(self, now: float, events: int, running: int) -> None:
        """A look at `now` (seconds of a steady clock) found so many events, with so many transactions under way."""
        self._looks += 1
        self._events += events
        self._running += running
        elapsed = now - self._since
        if elapsed < WINDOW and self._events < RINGS_A_SECOND * WINDOW:
            return
        rate = self._events / max(elapsed, WINDOW)
        crowd = self._running / self._looks
        # somewhat less than what made it high keeps it high
        least = _LEAVES_AT if self.high else 1.0
        self.high = rate >= RINGS_A_SECOND * least or (self._events > 2 and crowd >= CROWD * least)
        self._since, self._looks, self._events, self._running = now, 0, 0, 0
