"""Calls at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import psycopg


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all calls at the same moment; a database error is a result like any other."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        try:
            return call()
        except psycopg.Error as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def numbered(call: Callable[[int], Any], count: int) -> list[Callable[[], Any]]:
    """The same call for each number below `count`."""
    return [partial(call, number) for number in range(count)]


def states(results: Sequence[Any]) -> Counter[str]:
    """How calls ended: SQLSTATE, or `ok`."""
    return Counter(result.sqlstate or "?" if isinstance(result, psycopg.Error) else "ok" for result in results)
