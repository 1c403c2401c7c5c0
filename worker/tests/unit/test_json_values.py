"""JSON of clients: what PostgreSQL could not even read is found before it meets anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.protocol.json_values import MOST_DEPTH, json_problem, read_finite_json, read_json

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values)
def test_what_json_holds_has_no_problem(value: Any) -> None:
    assert json_problem(value) is None
    assert read_finite_json(json.dumps(value)) == read_json(json.dumps(value)) == value


@given(values, st.sampled_from(["\0", "\ud800", float("inf"), float("-inf"), float("nan"), "a\0b", "\udfff!"]))
def test_one_bad_part_is_found_wherever_it_is(value: Any, bad: Any) -> None:
    assert json_problem([value, bad]) is not None
    assert json_problem({"a": [value], "b": {"c": bad}}) is not None
    if isinstance(bad, str):
        assert json_problem({bad: value}) is not None


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_depth_is_bounded() -> None:
    assert json_problem(nested(MOST_DEPTH)) is None
    assert json_problem(nested(MOST_DEPTH + 1)) == f"more than {MOST_DEPTH} levels"
    assert json_problem(nested(100_000)) is not None


def test_a_number_beyond_a_double_is_read_as_infinite_or_not_at_all() -> None:
    assert json_problem(read_json('{"x": 1e999}')) == "a number out of range"
    with pytest.raises(ValueError, match="out of range"):
        read_finite_json('{"x": 1e999}')
    for text in ("NaN", "[-Infinity]", "", "[" * 100_000):
        for read in (read_json, read_finite_json):
            with pytest.raises(ValueError, match=r"."):
                read(text)
