"""JSON values of clients that PostgreSQL and every reader of JSON can hold. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

MOST_DEPTH = 100
"""Levels of objects and lists in one another."""


def read_json(text: str | bytes | bytearray) -> Any:
    """The value in JSON text. Raises `ValueError` for anything else, NaN and Infinity too. What is larger than any double
    comes as infinite."""
    return _read(text, None)


def read_finite_json(text: str | bytes | bytearray) -> Any:
    """The same, but numbers beyond a double are none either."""
    return _read(text, _finite)


def _read(text: str | bytes | bytearray, parse_float: Callable[[str], float] | None) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=parse_float)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


def _no_number(_name: str) -> None:
    """Python reads NaN and Infinity, JSON has no such numbers."""
    raise ValueError("not a number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number beyond all bounds")
    return number


def json_problem(value: object) -> str | None:
    """What of a decoded value PostgreSQL could not even read, so that a whole batch with it would fail; None for nothing.

    How large and how deep it may be is SQL's to say.
    """
    waiting = [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        if depth > MOST_DEPTH:
            return f"more than {MOST_DEPTH} levels"
        if isinstance(each, str):
            if (problem := text_problem(each)) is not None:
                return problem
        elif isinstance(each, dict):
            waiting += ((part, depth + 1) for pair in each.items() for part in pair)
        elif isinstance(each, list):
            waiting += ((part, depth + 1) for part in each)
        elif isinstance(each, float) and not math.isfinite(each):
            return "a number beyond all bounds"
    return None


def text_problem(text: str) -> str | None:
    """What UTF-8 and PostgreSQL cannot hold of a text, or None."""
    if "\0" in text:
        return "a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "an unpaired surrogate"
    return None
