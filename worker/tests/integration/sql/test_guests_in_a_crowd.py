"""Guests at the same moment: a code is used once, a table has so many seats, numbers add up, and nobody waits for ever."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from harness.crowds import numbered, states, together
from harness.database import Database
from harness.weddings import Wedding

CROWD = 12


class Party:
    """A wedding with a dinner, to which a crowd in one household is invited."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.wedding = Wedding.new(database)
        emma, couple = self.wedding.emma, self.wedding.id
        self.dinner = emma.call(
            "insert into wedsync.wedding_events (couple_id, name, is_main) values (%s, 'Dinner', true) returning id",
            couple,
        )
        rows = "Household,Name,RSVP\n" + "".join(f"Crowd,Guest{n} Crowd,\n" for n in range(CROWD))
        emma.call("select wedsync.import_guests(%s, %s)", couple, rows)
        self.guests = [
            row[0]
            for row in database.query("select id from wedsync_data.guests where couple_id = %s order by id", couple)
        ]
        database.query(
            "insert into wedsync_data.rsvps (couple_id, event_id, guest_id) select couple_id, %s, id from wedsync_data.guests"
            " where couple_id = %s",
            self.dinner,
            couple,
        )

    def reply(self, number: int) -> str:
        return json.dumps([{"guest_id": str(self.guests[number]), "event_id": str(self.dinner), "status": "yes"}])

    def confirmed(self) -> Any:
        return self.database.value("select (guest_count ->> 'confirmed')::int from wedsync_data.core_fields")


@pytest.mark.proves("F001-04", "F001-49")
def test_a_code_is_used_once(database: Database) -> None:
    party = Party(database)
    code = party.wedding.emma.call("select wedsync.create_invitation_codes(%s) -> 0 ->> 'code'", party.wedding.id)
    answer = "select wedsync.answer_rsvp(%s, %s) ->> 'valid'"
    answers = together(numbered(lambda n: database.call(None, answer, code, party.reply(n), role="anon"), CROWD))
    assert Counter(answers) == {"true": 1, "false": CROWD - 1}
    assert party.confirmed() == 1


@pytest.mark.proves("F001-04", "F004-65")
def test_replies_at_once_are_all_counted_beside_other_writers(database: Database) -> None:
    party = Party(database)
    emma, couple = party.wedding.emma, party.wedding.id

    def write(number: int) -> object:
        if number % 3 == 0:
            return emma.call(
                "select wedsync.update_core_fields(%s, %s)", couple, json.dumps({"wedding_style": [str(number)]})
            )
        if number % 3 == 1:
            return emma.call("select wedsync.record_rsvp(%s, %s)", couple, party.reply(number))
        return emma.call(
            "update wedsync.rsvps set status = 'attending' where couple_id = %s and guest_id = %s returning id",
            couple,
            party.guests[number],
        )

    assert states(together(numbered(write, CROWD))) == {"ok": CROWD}
    assert party.confirmed() == CROWD - CROWD // 3


@pytest.mark.proves("F004-77")
def test_the_last_seat_is_taken_once(database: Database) -> None:
    party = Party(database)
    emma, couple = party.wedding.emma, party.wedding.id
    table = emma.call(
        "insert into wedsync.seating_tables (couple_id, event_id, name, capacity) values (%s, %s, 'One', 3) returning id",
        couple,
        party.dinner,
    )
    seat = "insert into wedsync.seats (couple_id, event_id, table_id, guest_id) values (%s, %s, %s, %s) returning id"
    ended = together(numbered(lambda n: emma.call(seat, couple, party.dinner, table, party.guests[n]), CROWD))
    assert states(ended) == {"ok": 3, "PT422": CROWD - 3}
