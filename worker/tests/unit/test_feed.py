from __future__ import annotations

import uuid
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.services.feed import FrameBatch, Unpacker, packed

LIMIT = 4000
IDS = st.integers(1, 2**63 - 1)
XIDS = st.integers(3, 2**63 - 1)


def rows_of(*kinds: str, **needed: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows with what their kind needs, and with or without the rest."""
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(kinds),
            "group_id": st.none() | IDS,
            "subscription_id": st.none() | IDS,
            "couple_id": st.none() | st.uuids(),
            "seq": st.none() | st.integers(0, 2**63 - 1),
            "payload": st.none() | st.text(max_size=900),
            "xid": st.none() | XIDS,
            "age": st.none() | st.floats(0, 1e6),
            **needed,
        }
    )


ROW = st.one_of(
    rows_of("broadcast", "postgres_changes", group_id=IDS, xid=XIDS, payload=st.text(max_size=900)),
    rows_of("resync", group_id=IDS),
    rows_of("moved", subscription_id=IDS),
)


def row(payload: str) -> dict[str, Any]:
    return {
        "kind": "broadcast", "group_id": 1, "subscription_id": None, "couple_id": uuid.UUID(int=7), "seq": 1,
        "payload": payload, "xid": 9, "age": 0.5,
    }  # fmt: skip


def carried(messages: list[bytes]) -> list[FrameBatch | None]:
    unpacker = Unpacker()
    return [unpacker.add(message) for message in messages]


@given(st.lists(ROW, max_size=30))
def test_a_portion_arrives_as_it_was_sent_in_messages_that_fit(rows: list[dict[str, Any]]) -> None:
    portion = FrameBatch("5:9:5,7", "9:12:10", rows)
    messages = list(packed(portion, LIMIT))
    assert all(len(message) <= LIMIT for message in messages)
    assert carried(messages) == [None] * (len(messages) - 1) + [portion]


def test_rows_arrive_older_by_what_they_waited_for() -> None:
    (message,) = packed(FrameBatch("5:5:", "6:6:", [row("x")], 0.25), LIMIT)
    portion = Unpacker().add(message)
    assert portion is not None
    assert portion.rows is not None
    assert portion.rows[0]["age"] == 0.75


def test_a_row_that_fits_into_no_message_is_left_to_the_log() -> None:
    portion = FrameBatch("5:5:", "6:6:", [row("short"), row("ü" * LIMIT)])
    assert carried(list(packed(portion, LIMIT))) == [FrameBatch("5:5:", "6:6:", None)]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_lost_part_is_left_to_the_log(lost: int) -> None:
    messages = list(packed(FrameBatch("5:5:", "6:6:", [row("x" * 3000) for _ in range(3)]), LIMIT))
    assert len(messages) == 3
    del messages[lost]
    arrived = carried(messages)
    if lost == 2:
        assert arrived == [None, None], "without its end nothing is passed on; the next portion does not join on"
    else:
        assert arrived[-1] == FrameBatch("5:5:", "6:6:", None)


def test_parts_of_two_portions_are_not_mixed() -> None:
    first = list(packed(FrameBatch("5:5:", "6:6:", [row("a" * 3000), row("b" * 3000)]), LIMIT))
    second = list(packed(FrameBatch("6:6:", "7:7:", [row("c" * 3000), row("d" * 3000)]), LIMIT))
    assert carried([first[0], second[1]]) == [None, FrameBatch("6:6:", "7:7:", None)]


def test_parts_of_two_leaders_are_not_mixed() -> None:
    """One reads from further back, so its parts hold other rows; both have come to the same place."""
    first = list(packed(FrameBatch("5:5:", "7:7:", [row(letter * 3000) for letter in "abc"]), LIMIT))
    second = list(packed(FrameBatch("6:6:", "7:7:", [row(letter * 3000) for letter in "bc"]), LIMIT))
    assert carried([first[0], second[0], first[1]])[-1] is None
    assert carried([second[0], first[0], second[1]])[-1] == FrameBatch("6:6:", "7:7:", None)
    assert carried([first[0], first[1], second[0], first[2]])[-1] == FrameBatch("5:5:", "7:7:", None)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        msgpack.packb(7),
        msgpack.packb([1, 2, 3, 4, 5]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast"]]]),
        msgpack.packb(["5:3:", "6:6:", 1, 1, []]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", None, None, None, 1, "x", 7, None]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, "x", None, None]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, None, 7, None]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["moved", 1, None, None, None, None, None, None]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["resync", None, None, None, None, None, None, None]]]),
        msgpack.packb([1]),
        msgpack.packb(["x", "y", 1, 1, []]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["wish", 1, None, None, 1, "x", 1, 0.5]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", [1], None, None, 1, "x", 1, 0.5]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, "x", "1", 0.5]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, "x", 1, "0.5"]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, "x", 1, -0.5]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, "x", 1, float("nan")]]]),
        msgpack.packb(["1:1:", "2:2:", 1, 1, [["broadcast", 1, None, None, 1, 7, 1]]]),
    ],
)
def test_what_is_no_portion_is_refused(message: bytes) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError, msgpack.UnpackException)):
        Unpacker().add(message)
