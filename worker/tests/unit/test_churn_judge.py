"""The judge of the churn trial finds each kind of fault, and nothing where nothing is wrong."""

from __future__ import annotations

import pytest
from harness.churn.judge import Event, Judge, Verdict
from harness.churn.record import EVERYTHING, Frame, History, Join, Life, Right

GUESTS, NOTES = "wedding.guestCount.adults", "private.notes"
SUPPLIER, PARTNER, WEDDING = "supplier", "emma", "wedding 1"


def event(seq: int, at: float, *paths: str) -> Event:
    return Event(WEDDING, seq, seq - 1, paths or (GUESTS,), at, at)


EVENTS = [event(2, 10), event(3, 20, GUESTS, NOTES), event(4, 30, NOTES), event(6, 50), event(8, 70)]


def history(*taken: tuple[int, float, bool]) -> History:
    """The supplier reads numbers of guests from the beginning; `taken`: after which event, when, and whether given."""
    found = History()
    found.note(PARTNER, WEDDING, Right(0, EVERYTHING, 0, 0))
    found.note(SUPPLIER, WEDDING, Right(1, frozenset(("wedding.guestCount",)), 0, 0))
    for seq, at, given in taken:
        found.note(SUPPLIER, WEDDING, Right(seq, frozenset(("wedding.guestCount",) if given else ()), at, at))
    return found


def frame(seq: int, at: float, *changed: str, join: int = 0, replayed: bool = False) -> Frame:
    return Frame(at, join, "broadcast", WEDDING, seq, changed or (GUESTS,), replayed)


def life(*frames: Frame, joins: tuple[Join, ...] = (Join(1, 1),), user: str = SUPPLIER, **more: object) -> Life:
    found = Life(user, "tab", "core-fields", binds=False, joins=list(joins), frames=list(frames))
    for name, value in more.items():
        setattr(found, name, value)
    return found


ALL = (frame(2, 10.1), frame(3, 20.1), frame(6, 50.1), frame(8, 70.1))


def judged(one: Life, rights: History | None = None) -> Verdict:
    return Judge(rights or history(), EVENTS).judge([one])


def test_nothing_is_wrong_where_everything_is_right() -> None:
    verdict = judged(life(*ALL))
    assert verdict.faults == {}
    assert verdict.counts["entitled"] == 4
    everything = (frame(2, 10.1), frame(3, 20.1, GUESTS, NOTES), frame(4, 30.1, NOTES), *ALL[2:])
    assert judged(life(*everything, user=PARTNER)).faults == {}


@pytest.mark.parametrize(
    ("frames", "kind"),
    [
        ((*ALL[:2], *ALL[3:]), "missing"),
        ((*ALL[:2], frame(4, 30.1, NOTES), *ALL[2:]), "leak"),
        ((ALL[0], frame(3, 20.1, GUESTS, NOTES), *ALL[2:]), "partial"),
        ((ALL[0], ALL[2], frame(3, 50.2), ALL[3]), "order"),
        ((*ALL, frame(9, 71.0)), "unknown"),
    ],
)
def test_a_fault_is_found(frames: tuple[Frame, ...], kind: str) -> None:
    assert list(judged(life(*frames)).faults) == [kind]


def test_what_comes_again_is_counted() -> None:
    again = (Join(1, 1, 55), Join(60, 60.1))
    verdict = judged(life(*ALL[:3], frame(3, 60.1, join=1, replayed=True), frame(6, 60.2, join=1, replayed=True),
                          frame(8, 70.1, join=1), joins=again))  # fmt: skip
    assert verdict.faults == {}
    assert (verdict.counts["frames"], verdict.counts["repeats"]) == (6, 2)


def test_nothing_comes_after_a_revocation() -> None:
    taken = history((5, 45.0, False))
    assert judged(life(*ALL[:2]), taken).faults == {}
    assert list(judged(life(*ALL[:3]), taken).faults) == ["leak"]
    # What was committed before it, and is replayed at a join after it.
    back = (Join(1, 1, 5), Join(48, 48.1))
    replayed = (frame(2, 48.1, join=1, replayed=True), frame(3, 48.2, join=1, replayed=True))
    assert judged(life(*replayed, joins=back), taken).faults.keys() == {"leak"}
    assert judged(life(joins=back), taken).faults == {}


def test_what_was_withheld_and_is_allowed_again_needs_a_notice() -> None:
    changed = history((6, 50.5, False), (7, 60.0, True))
    frames = (*ALL[:2], ALL[3])
    assert list(judged(life(*frames), changed).faults) == ["missing"]
    assert judged(life(*frames, notices=[60.5]), changed).faults == {}
    assert judged(life(*frames), history((6, 50.5, False), (7, 69.9, True))).faults.keys() == {"missing"}


def test_a_notice_makes_up_for_what_was_before_it_only() -> None:
    away = (Join(1, 1, 45), Join(55, 55.1))
    after = frame(8, 70.1, join=1)
    assert judged(life(*ALL[:2], after, joins=away, notices=[55.2])).faults == {}
    assert list(judged(life(*ALL[:2], after, joins=away, notices=[44.0])).faults) == ["missing"]
    assert list(judged(life(*ALL[:2], joins=away, notices=[55.2])).faults) == ["missing"]


def test_a_channel_that_ended_missed_nothing_after_that() -> None:
    over = (Join(1, 1, 40),)
    assert judged(life(*ALL[:2], joins=over, ended=40.0)).faults == {}
    assert list(judged(life(ALL[0], joins=over, ended=40.0)).faults) == ["missing"]
    assert judged(life(joins=(Join(9, 15, 40),), ended=21.0)).faults == {}, (
        "what had no time to come, and what was before"
    )
