"""Write pressure: whether writers may notify of every change, or would queue for the lock of NOTIFY.

NOTIFY serialises the commits of the whole cluster. While changes are few and nobody waits for that, it costs nothing, and
a notification brings a change to the reader sooner than any timer would.
"""

from __future__ import annotations

WINDOW = 0.1
"""Seconds over which changes are counted."""
NOTIFICATIONS_A_SECOND = 1500.0
"""Rate of changes above which polling for each costs more than polling on a timer, shared by all readers."""
HOLD = 2.0
"""Seconds without notifications after writers were seen waiting; detecting it again takes a twentieth of that."""
_LEAVES_AT = 0.75
"""Fraction of the limit above which a high rate still counts as high."""
_FEW = 2


class Pressure:
    """Counts what every poll found.

    `high`: notifying costs more than it gains. `due`: it is time to measure the cost and call `measured`.
    """

    def __init__(self) -> None:
        self.high = False
        self.due = False
        self._limit = NOTIFICATIONS_A_SECOND
        self._fast = False
        self._held_until = 0.0
        self._begin(0.0)

    def note(self, now: float, events: int) -> None:
        """A poll at `now`, in seconds of a steady clock, found so many events."""
        elapsed = now - self._since
        if elapsed >= 2 * WINDOW:
            # Nobody polled, because nobody notified.
            self._fast = False
            self._begin(now)
            elapsed = 0.0
        self._events += events
        if elapsed >= WINDOW or self._events >= self._limit * WINDOW:
            rate = self._events / max(elapsed, WINDOW)
            self._fast = rate >= self._limit * (_LEAVES_AT if self._fast else 1)
            self.due = self._events > _FEW
            self._begin(now)
        self.high = self._fast or now < self._held_until

    def measured(self, now: float, waiting: int, readers: int) -> None:
        """So many writers wait to commit, and so many readers are woken by every notification."""
        self.due = False
        self._limit = NOTIFICATIONS_A_SECOND / max(readers, 1)
        if waiting:
            self._held_until = now + HOLD
            self.high = True

    def _begin(self, now: float) -> None:
        self._since, self._events = now, 0
