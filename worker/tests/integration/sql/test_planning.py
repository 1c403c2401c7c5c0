"""Tasks and timelines under concurrency and at random: each reminder once, no cycles, shifts that keep their rules."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from harness.crowds import states, together
from harness.database import Database
from harness.weddings import Wedding

CROWD = 6
NOON = datetime(2027, 6, 12, 11, 0, tzinfo=UTC)


def item(wedding: Wedding, title: str, start: datetime = NOON, **columns: object) -> UUID:
    names, values = ["couple_id", "title", "starts_at", *columns], [wedding.id, title, start, *columns.values()]
    places = ", ".join(["%s"] * len(values))
    made = wedding.emma.call(
        f"insert into wedsync.timeline_items ({', '.join(names)}) values ({places}) returning id",
        *values,
    )
    return UUID(str(made))


@pytest.mark.proves("F001-07")
def test_a_reminder_is_sent_once_however_many_workers_look(database: Database) -> None:
    wedding = Wedding.new(database)
    for number in range(20):
        wedding.emma.call(
            "insert into wedsync.tasks (couple_id, title, due_at) values (%s, %s, now() + interval '30 days') returning id",
            wedding.id, f"Task {number}",
        )  # fmt: skip
    look = "select wedsync_internal.due_task_reminders(now() + interval '24 days')"
    assert states(together([lambda: database.value(look)] * CROWD)) == {"ok": CROWD}
    told = "select count(*), count(distinct changes ->> 'task_id') from wedsync_data.notifications where kind = 'task_reminder'"
    assert database.query(told) == [(20, 20)]


@pytest.mark.proves("F004-62")
def test_two_people_make_no_cycle_together(database: Database) -> None:
    wedding = Wedding.new(database)
    chain = [item(wedding, f"Item {number}") for number in range(CROWD)]
    needs = "update wedsync.timeline_items set depends_on = array[%s]::uuid[] where couple_id = %s and id = %s"

    def link(number: int) -> Callable[[], object]:
        def call() -> None:
            with database.caller(wedding.emma.id) as connection:
                connection.execute(needs, (chain[number - 1], wedding.id, chain[number]))

        return call

    assert states(together([link(number) for number in range(CROWD)])) == {"ok": CROWD - 1, "PT422": 1}


@pytest.mark.proves("C-60")
def test_a_proposal_is_decided_once(database: Database) -> None:
    wedding = Wedding.new(database)
    first = item(wedding, "Hair", duration_minutes=60)
    shift = "select wedsync.shift_timeline(%s, %s, 10, 'propose') ->> 'proposal_id'"
    proposal = wedding.emma.call(shift, wedding.id, first)
    decide = "select wedsync.decide_timeline_shift(%s, %s, true)"
    call = lambda: wedding.emma.call(decide, wedding.id, proposal)  # noqa: E731
    assert states(together([call] * CROWD)) == {"ok": 1, "PT409": CROWD - 1}
    assert database.value("select starts_at from wedsync_data.timeline_items") == NOON + timedelta(minutes=10)


def random_timeline(wedding: Wedding, dice: random.Random) -> dict[UUID, dict[str, Any]]:
    """Items with gaps, overlaps, equal starts and dependencies."""
    found: dict[UUID, dict[str, Any]] = {}
    start = NOON
    for number in range(dice.randint(3, 14)):
        length = dice.choice([None, 0, 10, 20, 30, 60, 240])
        rigidity = dice.choice(["movable", "movable", "fixed", "buffer", "compressible"]) if length else "movable"
        least = dice.choice([0, 5, 10]) if rigidity in ("buffer", "compressible") else None
        row = {
            "duration_minutes": length, "rigidity": rigidity, "min_minutes": least, "is_locked": dice.random() < 0.1,
            "depends_on": dice.sample(list(found), 1) if found and dice.random() < 0.2 else [],
        }  # fmt: skip
        found[item(wedding, f"{number}", start, **row)] = row | {"start": start}
        start += timedelta(minutes=dice.choice([0, 5, length or 0, length or 0, (length or 0) + 15, 300]))
    return found


@pytest.mark.proves("C-60")
@pytest.mark.parametrize("seed", range(4))
def test_shifts_at_random_keep_their_rules(database: Database, seed: int) -> None:
    wedding, dice = Wedding.new(database), random.Random(20270612 + seed)
    compressed = absorbed = problems = 0
    for _ in range(25):
        database.query("delete from wedsync_data.timeline_items returning id")
        items = random_timeline(wedding, dice)
        movable = [key for key, row in items.items() if row["rigidity"] != "fixed" and not row["is_locked"]]
        if not movable:
            continue
        first, minutes = dice.choice(movable), dice.choice([-45, -10, 5, 20, 90, 400])
        may_compress = dice.random() < 0.7
        call = "select wedsync.shift_timeline(%s, %s, %s, 'preview', %s)"
        plan = wedding.emma.call(call, wedding.id, first, minutes, may_compress)
        changes = {UUID(change["item_id"]): change for change in plan["changes"]}
        assert changes[first]["moved_minutes"] == minutes
        problems += len(plan["problems"])
        for key, change in changes.items():
            row = items[key]
            assert row["rigidity"] != "fixed"
            assert not row["is_locked"]
            assert row["start"] >= items[first]["start"]
            # nobody moves further than the first, nor in the other direction
            assert 0 < change["moved_minutes"] / minutes <= 1 or row["depends_on"]
            new, old = change["new_duration_minutes"], row["duration_minutes"]
            if row["rigidity"] == "buffer":
                absorbed += new != old
                assert new >= (row["min_minutes"] or 0)
            elif row["rigidity"] == "compressible":
                compressed += new != old
                assert row["min_minutes"] <= new <= old
                assert new == old or may_compress
            else:
                assert new == old
        shrunk = [change for change in changes.values() if change["kind"] == "compressed"]
        assert plan["needs_approval"] == bool(shrunk)
        # applied, it is what was shown; and nothing that did not overlap does, unless told
        if not shrunk:
            wedding.emma.call(call.replace("preview", "apply"), wedding.id, first, minutes, may_compress)
            rows = database.query("select id, starts_at, ends_at from wedsync_data.timeline_items")
            for key, starts_at, ends_at in rows:
                told = changes.get(key)
                assert starts_at == (datetime.fromisoformat(told["new_starts_at"]) if told else items[key]["start"])
                assert (
                    told is None
                    or told["new_ends_at"] is None
                    or ends_at == datetime.fromisoformat(told["new_ends_at"])
                )
            if minutes > 0 and not plan["problems"]:
                assert not newly_overlapping(items, rows), json.dumps(plan)
    assert compressed or absorbed or problems


def newly_overlapping(items: dict[UUID, dict[str, Any]], rows: list[Any]) -> list[tuple[UUID, UUID]]:
    """Pairs of items that were one after the other and no longer are. Those that start at the same time are beside each other."""
    after = {key: (starts_at, ends_at or starts_at) for key, starts_at, ends_at in rows}
    before = {
        key: (row["start"], row["start"] + timedelta(minutes=row["duration_minutes"] or 0))
        for key, row in items.items()
    }
    return [
        (one, other)
        for one in items
        for other in items
        if before[one][1] <= before[other][0] and before[one][0] < before[other][0] and after[one][1] > after[other][0]
    ]  # fmt: skip
