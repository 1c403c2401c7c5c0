"""The story notices when it does not go as it must."""

from __future__ import annotations

import pytest

from wedsync.errors import DemoFailed
from wedsync.local.demo_wedding import EMMA
from wedsync.local.story import Outcome, Person, _check

BEFORE, AFTER = {"total": 100}, {"total": 120}


def person(name: str, may_hear: bool) -> Person:
    return Person(name, "caterer", EMMA, may_hear, None if may_hear else "may not")


def outcome(name: str, heard: bool) -> Outcome:
    return Outcome(name, "caterer", heard, 1.0 if heard else None, None, None, None)


GOOD = [person("a", True), person("b", True), person("c", False)]


def test_as_it_must_be() -> None:
    _check(GOOD, [outcome("a", True), outcome("b", True), outcome("c", False)], BEFORE, AFTER)


@pytest.mark.parametrize(
    ("heard", "after", "message"),
    [
        ((True, False, False), AFTER, "b was entitled to the change and did not receive it within"),
        ((True, True, True), AFTER, "c received the change without access"),
        ((True, True, False), BEFORE, "from 100 to 100, not from 100 to 120"),
    ],
)
def test_as_it_must_not_be(heard: tuple[bool, ...], after: dict[str, int], message: str) -> None:
    outcomes = [outcome(each.name, did) for each, did in zip(GOOD, heard, strict=True)]
    with pytest.raises(DemoFailed, match=message):
        _check(GOOD, outcomes, BEFORE, after)
