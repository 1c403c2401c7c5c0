"""The story notices when it does not go as it must."""

from __future__ import annotations

import pytest

from wedsync.errors import DemoFailed
from wedsync.local.demo_wedding import EMMA
from wedsync.local.stories import outage, rsvp, task
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


REPLY = {
    "answered": {"valid": True},
    "again": {"valid": False},
    "changed": {"message": "ANAPHYLAXIS: 1; nuts (anaphylaxis): 0 → 1", "priority": "high"},
    "heard": "7 guests",
    "hidden": 0,
}


@pytest.mark.parametrize(
    ("what", "value", "message"),
    [
        ("answered", {"valid": False}, "good for one reply"),
        ("again", {"valid": True}, "good for one reply"),
        ("changed", {"message": "nuts (anaphylaxis): 0 → 1", "priority": "high"}, "not warned"),
        ("changed", {**REPLY["changed"], "priority": "normal"}, "not warned"),  # type: ignore[dict-item]
        ("heard", "Grace has an allergy", "received 'Grace'"),
        ("heard", "of 24000 in total", "received '24000'"),
        ("hidden", 1, "can read 1 rows"),
    ],
)
def test_a_reply_that_tells_too_little_or_too_much(what: str, value: object, message: str) -> None:
    rsvp.check(**REPLY)  # type: ignore[arg-type]
    with pytest.raises(DemoFailed, match=message):
        rsvp.check(**{**REPLY, what: value})  # type: ignore[arg-type]


TASK = {
    "seen": dict.fromkeys(task.SHOWN),
    "answered": {"status": "accepted"},
    "heard": {"who": "Aunt Ada", "answer": "accepted"},
    "refusals": {"all tasks": "42501", "another link": "PT404"},
}


@pytest.mark.parametrize(
    ("what", "value", "message"),
    [
        ("seen", dict.fromkeys([*task.SHOWN, "guests"]), "the link shows"),
        ("answered", {"status": "open"}, "Aunt Ada accepted"),
        ("heard", {"who": "Aunt Ada", "answer": "declined"}, "has declined"),
        ("refusals", {"all tasks": ""}, "all tasks was answered with success"),
    ],
)
def test_a_task_that_is_not_handed_over_as_it_must_be(what: str, value: object, message: str) -> None:
    task.check(**TASK)  # type: ignore[arg-type]
    with pytest.raises(DemoFailed, match=message):
        task.check(**{**TASK, what: value})  # type: ignore[arg-type]


OUTAGE = {
    "turns": [("closed", "open"), ("open", "half_open"), ("half_open", "open"), ("open", "half_open"), ("half_open", "closed")],
    "calls_while_open": 0,
    "health": "down",
    "wanted": 2,
    "waiting": 2,
    "arrived": ["<1@example.org>", "<2@example.org>"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "value", "message"),
    [
        ("turns", [("closed", "open"), ("open", "half_open")], "went through"),
        ("turns", [("closed", "open"), ("half_open", "closed")], "went through"),
        ("calls_while_open", 1, "called 1 times"),
        ("health", "healthy", "was healthy"),
        ("wanted", 0, "0 mails were to be sent"),
        ("waiting", 1, "1 waited"),
        ("arrived", ["<1@example.org>", "<1@example.org>"], "1 different"),
        ("arrived", ["<1@example.org>"], "1 arrived"),
        ("arrived", ["<1@example.org>", "<2@example.org>", "<2@example.org>"], "3 arrived"),
    ],
)
def test_an_outage_that_loses_repeats_or_hammers(what: str, value: object, message: str) -> None:
    outage.check(**OUTAGE)  # type: ignore[arg-type]
    with pytest.raises(DemoFailed, match=message):
        outage.check(**{**OUTAGE, what: value})  # type: ignore[arg-type]
