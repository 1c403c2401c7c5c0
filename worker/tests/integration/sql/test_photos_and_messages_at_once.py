"""Decisions on the same photos, and messages between the same people, at the same moment."""

from __future__ import annotations

from collections import Counter

import psycopg
import pytest
from harness.crowds import numbered, together
from harness.database import Database, Person
from harness.weddings import Wedding
from psycopg.types.json import Jsonb

CROWD = 8


@pytest.mark.proves("F004-110")
def test_a_photo_is_decided_once_by_each_of_a_crowd(database: Database) -> None:
    wedding = Wedding.new(database)
    fred = Person.new(database)
    wedding.admit(fred, "family")
    photos = Jsonb([{"url": f"https://photos.example.org/{n}"} for n in range(20)])
    answer = fred.call("select wedsync.submit_photos(%s, %s)", wedding.id, photos)

    def decide(number: int) -> int:
        decided = wedding.emma.call(
            "select wedsync.decide_photos(%s, %s::uuid[], %s)", wedding.id, answer["ids"], number % 2 == 0
        )
        return len(decided["ids"])

    changed = Counter(together(numbered(decide, CROWD)))
    # each changes all of them or, after one of the same mind, none
    assert set(changed) <= {0, 20}
    assert changed[20] >= 2
    places = database.query(
        """select count(*), count(distinct p.id) from (
            select couple_id, id from wedsync_data.photos
            union all select couple_id, id from wedsync_data.photo_submissions
        ) as p where p.couple_id = %s""",
        wedding.id,
    )
    assert places == [(20, 20)]


@pytest.mark.proves("F004-20", "C-56")
def test_people_who_write_to_each_other_do_not_block_each_other_and_the_cap_of_a_day_holds(database: Database) -> None:
    wedding = Wedding.new(database)
    people = [wedding.emma]
    for _ in range(3):
        person = Person.new(database)
        wedding.admit(person, "planner")
        people.append(person)
    database.query("update wedsync_data.settings set value = '5' where name = 'messages_per_day'")

    def send(number: int) -> set[str]:
        sender = people[number % 4]
        others = Jsonb({"users": [str(p.id) for p in people if p is not sender]})
        said = set()
        for turn in range(4):
            try:
                sender.call("select wedsync.send_message(%s, %s, %s)", wedding.id, f"{number} {turn}", others)
                said.add("ok")
            except psycopg.Error as error:
                said.add(error.sqlstate or "?")
        return said

    assert set().union(*together(numbered(send, CROWD))) == {"ok", "PT409"}
    sent = database.query(
        "select sender_user, count(*) from wedsync_data.wedding_messages where couple_id = %s group by 1", wedding.id
    )
    assert [n for _, n in sent] == [5, 5, 5, 5]
