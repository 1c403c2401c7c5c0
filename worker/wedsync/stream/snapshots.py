"""Snapshots of PostgreSQL, by which a reader of the log knows what it has read. Pure.

Those of one server are in order: of two, one includes the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Transactions before `end` that are not `running` have ended."""

    end: int
    running: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `xmin:xmax:xip,...` as `pg_current_snapshot()` gives it. Raises `ValueError`."""
        _, end, running = text.split(":")
        return cls(int(end), frozenset(map(int, running.split(","))) if running else frozenset())

    def sees(self, xid: int) -> bool:
        """Whether a transaction had ended."""
        return xid < self.end and xid not in self.running

    def includes(self, other: Snapshot) -> bool:
        """Whether everything that the other one sees is seen here."""
        later = other.end - self.end
        return (later <= 0 or sum(xid >= self.end for xid in other.running) == later) and not any(
            other.sees(xid) for xid in self.running
        )
