"""Presence of one topic: every change once, in order, whatever order they come in."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.channels.presence_topic import Change, Diff, PresenceTopic, payload_of, read_diff, read_state


def meta(ref: str, **more: str) -> dict[str, Any]:
    return {"phx_ref": ref, **more}


def state(**keys: list[str]) -> dict[str, Any]:
    return {key: {"metas": [meta(ref) for ref in refs]} for key, refs in keys.items()}


def known(version: int, **keys: list[str]) -> PresenceTopic:
    topic = PresenceTopic()
    assert topic.reset(version, read_state(state(**keys))) is not None
    return topic


def test_a_change_takes_effect_once() -> None:
    topic = known(4)
    change = Change("emma", meta("r1"), None)
    assert topic.apply(5, change) == [change]
    assert topic.apply(5, change) == []
    assert topic.apply(4, change) == []
    assert topic.payload() == state(emma=["r1"])


def test_an_update_replaces_and_forgets_what_it_replaced() -> None:
    topic = known(1, emma=["r1"])
    update = Change("emma", meta("r2", phx_ref_prev="r1"), meta("r1"))
    assert topic.apply(2, update) == [update]
    assert topic.payload() == state(emma=["r2"])


def test_one_device_of_two_leaves() -> None:
    topic = known(1, emma=["r1", "r2"])
    topic.apply(2, Change("emma", None, meta("r1")))
    assert topic.payload() == state(emma=["r2"])
    topic.apply(3, Change("emma", None, meta("r2")))
    assert topic.payload() == {}


def test_early_changes_wait_for_those_before_them() -> None:
    topic = known(1)
    second, third = Change("a", meta("r2"), None), Change("b", meta("r3"), None)
    assert topic.apply(3, third) == []
    assert topic.has_gap
    assert topic.apply(2, second) == [second, third]
    assert not topic.has_gap


def test_changes_that_come_before_the_state_is_known_follow_it() -> None:
    topic = PresenceTopic()
    for version in (5, 6, 7):
        assert topic.apply(version, Change("a", meta(f"r{version}"), None)) == []
    changes = topic.reset(6, read_state(state(a=["r5", "r6"])))
    assert changes is not None
    assert sorted(str(change.join and change.join["phx_ref"]) for change in changes) == ["r5", "r6", "r7"]
    assert topic.payload() == state(a=["r5", "r6", "r7"])


def test_a_reload_tells_what_a_lost_message_hid() -> None:
    topic = known(3, emma=["r1"], james=["r2"])
    topic.apply(5, Change("emma", meta("r9"), None))
    changes = topic.reset(5, read_state(state(emma=["r1", "r9"])))
    assert changes is not None
    assert {(change.key, change.join is None) for change in changes} == {("james", True), ("emma", False)}
    assert not topic.has_gap


def test_a_state_older_than_what_is_known_is_not_taken() -> None:
    topic = known(7, emma=["r1"])
    assert topic.reset(6, {}) is None
    assert topic.payload() == state(emma=["r1"])


def test_somebody_known_to_be_gone_does_not_leave_again() -> None:
    topic = known(7)
    assert topic.apply(8, Change("emma", None, meta("r1"))) == []
    assert topic.version == 8


def test_a_diff_holds_joins_and_leaves_of_an_update_together() -> None:
    update = Change("emma", meta("r2", phx_ref_prev="r1"), meta("r1"))
    assert payload_of([update, Change("james", None, meta("r3"))]) == {
        "joins": {"emma": {"metas": [meta("r2", phx_ref_prev="r1")]}},
        "leaves": {"emma": {"metas": [meta("r1")]}, "james": {"metas": [meta("r3")]}},
    }


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.randoms(use_true_random=False))
@pytest.mark.proves("F000-72")
def test_any_order_of_arrival_ends_in_the_same_state(keys: list[str], order: random.Random) -> None:
    present: dict[str, str] = {}
    changes, numbers = [], itertools.count(1)
    for version, key in enumerate(keys, 1):
        earlier = present.get(key)
        if earlier is not None and version % 3 == 0:
            changes.append((version, Change(key, None, meta(earlier))))
            del present[key]
        else:
            present[key] = f"r{next(numbers)}"
            changes.append((version, Change(key, meta(present[key]), meta(earlier) if earlier else None)))
    repeated = changes + changes[: len(changes) // 2]
    order.shuffle(repeated)
    topic = known(0)
    done = [change for version, change in repeated for change in topic.apply(version, change)]
    assert done == [change for _, change in changes]
    assert topic.payload() == state(**{key: [ref] for key, ref in present.items()})


DIFF = {"topic": "t", "version": 3, "key": "k", "user_id": None, "join": {"phx_ref": "r", "n": 1}, "leave": None}


def test_a_diff_is_read_as_sql_writes_it() -> None:
    assert read_diff(DIFF) == Diff("t", 3, Change("k", {"phx_ref": "r", "n": 1}, None))


@pytest.mark.parametrize(
    "change",
    [
        {"topic": 1}, {"topic": None}, {"key": None}, {"version": "3"}, {"version": 0}, {"version": True},
        {"version": float("inf")}, {"version": 1.5}, {"version": 2**63}, {"version": None}, {"join": {}}, {"join": []},
        {"join": {"phx_ref": 1}}, {"leave": "x"}, {"leave": {"phx_ref": None}},
    ],
)  # fmt: skip
def test_what_is_no_diff_is_refused(change: dict[str, object]) -> None:
    for bad in ({**DIFF, **change}, None, 7, "x", [DIFF]):
        with pytest.raises(ValueError, match=r"."):
            read_diff(bad)


def test_a_state_that_was_made_up_gives_way_to_the_one_that_is_read() -> None:
    topic = PresenceTopic()
    topic.reset(3, {})
    topic.apply(4, Change("forged", {"phx_ref": "f"}, None))
    assert topic.reset(3, {}) is None
    assert topic.reset(3, {}, force=True) == [Change("forged", None, {"phx_ref": "f"})]
    assert (topic.version, topic.has_gap, topic.payload()) == (3, False, {})
