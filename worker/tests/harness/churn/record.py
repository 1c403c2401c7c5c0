"""What a trial writes down: rights, commits, and the lives of channels. Times are seconds of `time.monotonic()`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

EVERYTHING = frozenset(("",))
"""The fields of a partner; others are prefixes of paths."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a person may read of a wedding after position `seq`. It came into force between `begun` and `settled`."""

    seq: int
    fields: frozenset[str]
    begun: float
    settled: float

    def visible(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the changed paths that the person may see."""
        return tuple(path for path in paths if any(_within(path, name) for name in self.fields))


@dataclass
class History:
    """All rights of a trial in the order of their commits, by person and wedding, and when each event was committed."""

    rights: dict[tuple[str, str], list[Right]] = field(default_factory=lambda: defaultdict(list))
    commits: dict[tuple[str, int], tuple[float, float]] = field(default_factory=dict)

    def note(self, user: str, couple: str, right: Right) -> None:
        self.rights[user, couple].append(right)


@dataclass(frozen=True, slots=True)
class Frame:
    """A change as a client received it. `place` is the position of a broadcast, the version of a row change."""

    at: float
    join: int
    kind: Literal["broadcast", "postgres_changes"]
    couple: str
    place: int
    changed: tuple[str, ...]
    replayed: bool


@dataclass
class Join:
    """One join of a channel: when it was sent and answered, and when its line was lost."""

    sent: float
    replied: float | None = None
    lost: float | None = None


@dataclass
class Life:
    """A channel of one client from its first join until it was left or lost its right. `binds` asks for row changes."""

    user: str
    session: str | None
    topic: str
    binds: bool
    joins: list[Join] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    notices: list[float] = field(default_factory=list)
    ended: float | None = None
    why: str = ""

    @property
    def began(self) -> float | None:
        """When its first join was answered."""
        return next((join.replied for join in self.joins if join.replied is not None), None)


def _within(path: str, name: str) -> bool:
    return not name or path == name or path.startswith(f"{name}.")
