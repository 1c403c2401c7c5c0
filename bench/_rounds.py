"""Interleaved rounds: every variant runs a short burst in each round, so that noise affects all of them equally.

A ratio is the median of the ratios of all rounds, reported with its spread.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from psycopg import pq

from wedsync.install.database import Connection

_FINE = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


class Session:
    """Statements prepared by name on one connection and run straight through libpq, to keep the client's share small."""

    def __init__(self, connection: Connection) -> None:
        self._pg = connection.pgconn
        self._names: dict[str, bytes] = {}
        self.pid = connection.info.backend_pid

    def prepare(self, text: str) -> bytes:
        """The name of the prepared statement; parameters are $1, $2 … as text."""
        if text not in self._names:
            name = f"s{len(self._names)}".encode()
            self._check(self._pg.prepare(name, text.encode()))
            self._names[text] = name
        return self._names[text]

    def run(self, name: bytes, parameters: Sequence[bytes] | None = None) -> None:
        """Run it and discard the result. Raises RuntimeError on an error of the server."""
        self._check(self._pg.exec_prepared(name, parameters))

    @staticmethod
    def _check(result: Any) -> None:
        if result.status not in _FINE:
            raise RuntimeError(result.error_message.decode())


class Cores:
    """Where client and backend run: pinned to one core, or each to its own, because the scheduler's choice changes ratios."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._at_first = os.sched_getaffinity(0)
        self._now: str | None = None
        free = sorted(self._at_first, reverse=True)
        self._places = {"one core": (free[0], free[0])} | ({"two cores": (free[0], free[1])} if len(free) > 1 else {})
        self.refusal: str | None = None
        """Why nothing is pinned, if that is so: on systems that do not allow it, there is only `any core`."""
        try:
            self.use(next(iter(self._places)))
        except PermissionError as error:
            self.refusal = f"client and backend are not pinned: {error.strerror}"
            self._places = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._places or ["any core"])

    def use(self, name: str) -> None:
        """Pin both, unless they are there already."""
        if name != self._now and name in self._places:
            client, backend = self._places[name]
            os.sched_setaffinity(self._pid, {backend})
            os.sched_setaffinity(0, {client})
            self._now = name

    def release(self) -> None:
        """Let both run wherever the client could at first."""
        if self._now is not None:
            for pid in (self._pid, 0):
                os.sched_setaffinity(pid, self._at_first)
            self._now = None


class Envelope:
    """The envelope of every request: begin, claims, role, the statement, commit. Five round trips."""

    def __init__(self, session: Session, text: str, *, role: str, claims: str) -> None:
        self._session = session
        self._begin = session.prepare("begin")
        self._claims = session.prepare("select set_config('request.jwt.claims', $1, true)")
        self._role = session.prepare(f"set local role {role}")
        self._commit = session.prepare("commit")
        self._text = text
        self._statement: bytes | None = None
        self._given = [claims.encode()]

    def __call__(self, number: int) -> None:
        """A transaction; `number` is the statement's parameter, so that each writes a different value."""
        run = self._session.run
        run(self._begin)
        run(self._claims, self._given)
        run(self._role)
        # prepared under the role that runs it: rights and policies are part of the plan
        self._statement = self._statement or self._session.prepare(self._text)
        run(self._statement, [b"%d" % number])
        run(self._commit)


@dataclass
class Rounds:
    """Measurements of one variant, a value per round: transactions a second, and the backends' CPU in µs each."""

    per_second: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Medians over the rounds."""
        found = {
            "per_second": round(statistics.median(self.per_second), 1),
            "wall_us": round(1e6 / statistics.median(self.per_second), 1),
        }
        return {**found, "cpu_us": round(statistics.median(self.cpu_us), 1)} if self.cpu_us else found


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system CPU time of these processes (Linux)."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def interleaved(
    variants: Mapping[str, Callable[[int], object]],
    pids: Sequence[int],
    *,
    rounds: int,
    each: int,
    warm_up: int = 50,
    before: Callable[[str], object] = lambda _: None,
) -> dict[str, Rounds]:
    """Run `each` calls of every variant per round, in alternating order.

    The functions take a number that never repeats. The CPU of the backends `pids` is counted. `before` is called with the
    name of a variant ahead of each of its bursts.
    """
    found = {name: Rounds() for name in variants}
    numbers = count(1)
    for run in variants.values():
        for number in islice(numbers, warm_up):
            run(number)
    for turn in range(rounds):
        order = list(variants.items())
        for name, run in order if turn % 2 == 0 else reversed(order):
            before(name)
            busy, started = cpu_seconds(pids), time.perf_counter()
            for number in islice(numbers, each):
                run(number)
            seconds = time.perf_counter() - started
            found[name].per_second.append(each / seconds)
            found[name].cpu_us.append((cpu_seconds(pids) - busy) / each * 1e6)
    return found


def ratio(upper: Sequence[float], lower: Sequence[float]) -> tuple[float, dict[str, float]]:
    """Median of the per-round ratios upper / lower, and their spread: min, quartiles, max."""
    ratios = sorted(above / below for above, below in zip(upper, lower, strict=True))
    first, _, third = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return round(statistics.median(ratios), 3), {
        "min": round(ratios[0], 3),
        "q1": round(first, 3),
        "q3": round(third, 3),
        "max": round(ratios[-1], 3),
        "rounds": len(ratios),
    }
