"""Many people move and add elements of one list at once, until keys are made anew: every move counts, and once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from harness.database import Database, Person
from harness.weddings import Wedding

PEOPLE = 4
MOVES = 120

_SHOWN = "select jsonb_path_query_array(key_moments, '$[*].name') from wedsync.core_fields where couple_id = %s"
_STORED = """
select jsonb_agg(e.element ->> 'name' order by e.order_key collate "C"), max(length(e.order_key)), count(distinct e.order_key)
from wedsync_internal.list_elements as e where e.couple_id = %s
"""
_THEN = "select jsonb_path_query_array(wedsync.core_fields_as_of(%s, 'infinity'), '$.timeline.keyMoments[*].name')"
_HEARD = """
select jsonb_path_query_array(e.record -> 'key_moments', '$[*].name')
from wedsync_data.events as e where e.couple_id = %s order by e.seq desc limit 1
"""


def add(person: Person, wedding: Wedding, name: str) -> str:
    element = json.dumps({"name": name})
    answer: dict[str, Any] = person.call("select wedsync.add_list_element(%s, 'key_moments', %s)", wedding.id, element)
    return str(answer["id"])


@pytest.mark.proves("F000-12", "C-53")
def test_a_crowd_that_moves_one_list_keeps_it_whole(database: Database) -> None:
    wedding = Wedding.new(database)
    people = [Person.new(database) for _ in range(PEOPLE)]
    for person in people:
        wedding.admit(person, "planner")
    first, *others = [add(wedding.emma, wedding, f"moment {number}") for number in range(PEOPLE + 1)]
    before = database.value("select seq from wedsync_data.wedding_clocks where couple_id = %s", wedding.id)

    def move(number: int) -> None:
        for turn in range(MOVES):
            if turn % 40 == 20:
                add(people[number], wedding, f"extra {number} {turn}")
            # All of them want the same place.
            people[number].call(
                "select wedsync.move_list_element(%s, 'key_moments', %s, %s)", wedding.id, others[number], first
            )

    with ThreadPoolExecutor(PEOPLE) as pool:
        for done in [pool.submit(move, number) for number in range(PEOPLE)]:
            done.result()
    shown = wedding.emma.call(_SHOWN, wedding.id)
    stored, longest, places = database.query(_STORED, wedding.id)[0]
    additions = PEOPLE * len(range(20, MOVES, 40))
    assert places == len(shown) == 1 + PEOPLE + additions
    assert shown == stored == database.value(_HEARD, wedding.id) == wedding.emma.call(_THEN, wedding.id)
    assert shown[0] == "moment 0"
    assert longest <= 33
    rekeyed = database.value("select count(*) from wedsync_data.audit_log where change_type = 'rekey'")
    assert rekeyed > 0, "control: keys were made anew"
    after = database.value("select seq from wedsync_data.wedding_clocks where couple_id = %s", wedding.id)
    # Who comes to a place twice in a row has not moved.
    assert PEOPLE * MOVES / 2 < after - before - additions <= PEOPLE * MOVES
    assert database.value("select count(*) from wedsync_data.events where couple_id = %s", wedding.id) == after
    assert wedding.emma.call("select wedsync.verify_audit_chain(%s)", wedding.id)["valid"] is True
