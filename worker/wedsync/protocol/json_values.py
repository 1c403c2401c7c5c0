"""JSON values from clients that PostgreSQL and all JSON parsers can represent. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

MOST_DEPTH = 100
"""Maximum nesting of objects and lists."""


def read_json(text: str | bytes | bytearray) -> Any:
    """The value of JSON text. Raises `ValueError` for anything else, including NaN and Infinity. Numbers beyond double
    precision become infinite."""
    return _read(text, None)


def read_finite_json(text: str | bytes | bytearray) -> Any:
    """The same, but also rejects numbers beyond double precision."""
    return _read(text, _finite)


def _read(text: str | bytes | bytearray, parse_float: Callable[[str], float] | None) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=parse_float)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


def _no_number(_name: str) -> None:
    """Python accepts NaN and Infinity, which are not JSON."""
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number out of range")
    return number


def json_problem(value: object) -> str | None:
    """The part of a decoded value that PostgreSQL could not parse, which would fail a whole batch; None if there is none.

    SQL checks size and depth.
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
            return "a number out of range"
    return None


def text_problem(text: str) -> str | None:
    """What UTF-8 and PostgreSQL cannot store of a text, or None."""
    if "\0" in text:
        return "a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "an unpaired surrogate"
    return None
