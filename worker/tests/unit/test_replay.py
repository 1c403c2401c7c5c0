"""What a join asks to hear again, and how it goes together with what was missed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wedsync.channels.replay import Replay, read_replay, with_replay


def asked(replay: object) -> Replay | None:
    return read_replay({"broadcast": {"replay": replay}})


def test_since_is_in_milliseconds_and_the_limit_may_be_missing() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert asked({"since": 1767225600000, "limit": 20}) == Replay(moment, 20)
    assert asked({"since": 1767225600000}) == Replay(moment, None)
    assert asked({"since": 1767225600000, "limit": 0}) == Replay(moment, 1)


@pytest.mark.parametrize(
    "replay", [None, 5, {}, {"since": "x"}, {"since": True}, {"since": 10**30}, {"since": -(10**30)}]
)
def test_what_makes_no_sense_asks_for_nothing(replay: object) -> None:
    assert asked(replay) is None
    for config in (None, {}, {"broadcast": None}, {"broadcast": 5}):
        assert read_replay(config) is None


def stored(*numbers: int) -> list[str]:
    return [json.dumps({"meta": {"seq": number, "replayed": True}}) for number in numbers]


def missed(*places: tuple[str | None, int]) -> list[Any]:
    return [{"kind": "broadcast", "couple_id": couple, "seq": seq, "payload": "{}"} for couple, seq in places]


def test_nothing_is_sent_twice_and_what_is_older_comes_first() -> None:
    rows = with_replay(stored(3, 4, 5), missed((None, 5), ("c", 2), (None, 6)))
    assert [(row["couple_id"], row["seq"]) for row in rows] == [(None, 3), (None, 4), (None, 5), ("c", 2), (None, 6)]
    assert [row["seq"] for row in with_replay(stored(3, 4), missed(("c", 2)))] == [3, 4, 2]
