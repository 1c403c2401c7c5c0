from __future__ import annotations

import uuid
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.services.feed import FrameBatch, packed, unpacked

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


@given(st.lists(ROW, max_size=30))
def test_a_batch_arrives_as_it_was_sent(rows: list[dict[str, Any]]) -> None:
    for batch in (FrameBatch("5:9:5,7", "9:12:10", rows), FrameBatch("5:9:5,7", "9:12:10", None)):
        assert unpacked(packed(batch)) == batch


def test_rows_arrive_older_by_what_they_waited_for() -> None:
    batch = unpacked(packed(FrameBatch("5:5:", "6:6:", [row("x")], 0.25)))
    assert batch.rows is not None
    assert batch.rows[0]["age"] == 0.75


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        msgpack.packb(7),
        msgpack.packb([1, 2, 3]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast"]]]),
        msgpack.packb(["5:3:", "6:6:", []]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", None, None, None, 1, "x", 7, None]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, "x", None, None]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, None, 7, None]]]),
        msgpack.packb(["1:1:", "2:2:", [["moved", 1, None, None, None, None, None, None]]]),
        msgpack.packb(["1:1:", "2:2:", [["resync", None, None, None, None, None, None, None]]]),
        msgpack.packb([1]),
        msgpack.packb(["x", "y", []]),
        msgpack.packb(["1:1:", "2:2:", [["wish", 1, None, None, 1, "x", 1, 0.5]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", [1], None, None, 1, "x", 1, 0.5]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, "x", "1", 0.5]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, "x", 1, "0.5"]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, "x", 1, -0.5]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, "x", 1, float("nan")]]]),
        msgpack.packb(["1:1:", "2:2:", [["broadcast", 1, None, None, 1, 7, 1]]]),
    ],
)
def test_what_is_no_batch_is_refused(message: bytes) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError, msgpack.UnpackException)):
        unpacked(message)
