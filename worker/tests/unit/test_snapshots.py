from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.channels.snapshots import Snapshot

LAST = 12


@st.composite
def two_in_order(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    """Snapshots of one server, the later one second: what had begun has begun, what had ended has ended."""
    first_end = draw(st.integers(0, LAST))
    first_running = draw(st.sets(st.integers(0, LAST).filter(lambda xid: xid < first_end))) if first_end else set()
    second_end = draw(st.integers(first_end, LAST))
    may_run = [*first_running, *range(first_end, second_end)]
    second_running = draw(st.sets(st.sampled_from(may_run))) if may_run else set()
    return Snapshot(first_end, frozenset(first_running)), Snapshot(second_end, frozenset(second_running))


def seen(snapshot: Snapshot) -> set[int]:
    return {xid for xid in range(LAST + 1) if snapshot.sees(xid)}


@given(two_in_order())
def test_a_snapshot_includes_what_sees_no_more_than_itself(snapshots: tuple[Snapshot, Snapshot]) -> None:
    earlier, later = snapshots
    assert later.includes(earlier)
    assert earlier.includes(later) == (seen(earlier) == seen(later))


@pytest.mark.parametrize(
    ("text", "end", "running"), [("10:10:", 10, set()), ("10:20:10,14,15", 20, {10, 14, 15}), ("7:8:7", 8, {7})]
)
def test_a_snapshot_is_read_as_postgresql_writes_it(text: str, end: int, running: set[int]) -> None:
    assert Snapshot.parse(text) == Snapshot(end, frozenset(running))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1:2",
        "1:2:x",
        "a:b:c",
        "1:2:3:4",
        "0:1:",
        "5:3:",
        "-1:3:",
        "5:9:4",
        "5:9:9",
        "5:9:7,6",
        "1:99999999999999999999:",
    ],
)
def test_what_is_no_snapshot_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Snapshot.parse(text)
