"""PostgreSQL snapshots, which record what a reader of the log has read. Pure.

Snapshots of one server are totally ordered by inclusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

_XIDS = 2**63


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Transactions before `end` that are not `running` have finished."""

    end: int
    running: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `xmin:xmax:xip,...` as returned by `pg_current_snapshot()`. Raises `ValueError` for invalid ones."""
        oldest, end, running = text.split(":")
        begin, stop = int(oldest), int(end)
        listed = [int(xid) for xid in running.split(",")] if running else []
        if (
            not 0 < begin <= stop < _XIDS
            or listed != sorted(listed)
            or (listed and not begin <= listed[0] <= listed[-1] < stop)
        ):
            raise ValueError("not a snapshot")
        return cls(stop, frozenset(listed))

    def sees(self, xid: int) -> bool:
        """Whether a transaction had finished."""
        return xid < self.end and xid not in self.running

    def includes(self, other: Snapshot) -> bool:
        """Whether everything visible in the other one is visible here."""
        later = other.end - self.end
        return (later <= 0 or sum(xid >= self.end for xid in other.running) == later) and not any(
            other.sees(xid) for xid in self.running
        )
