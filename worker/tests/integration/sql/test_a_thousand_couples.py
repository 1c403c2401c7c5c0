"""A thousand couples use one database at the same time: nothing is lost, and each sees its own wedding only."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from harness.database import Database

COUPLES = 1000
AT_ONCE = 24


@pytest.mark.proves("F001-42", "F001-49")
def test_a_thousand_couples_change_and_read_their_weddings(database18: Database) -> None:
    people = [uuid4() for _ in range(COUPLES)]

    def live(number: int) -> tuple[UUID, Any, Any]:
        who = people[number]
        couple: UUID = database18.call(who, "select wedsync.register_couple(%s)", f"Couple {number}")
        patch = json.dumps({"guest_count": {"adults": number}, "private.notes": f"of {number}"})
        database18.call(who, "select wedsync.update_core_fields(%s, %s)", couple, patch)
        database18.call(
            who, "insert into wedsync.guests (couple_id, first_name) values (%s, %s) returning id", couple, f"G{number}"
        )
        seen = database18.call(
            who, "select jsonb_agg(jsonb_build_array(partner1_name, guest_count -> 'adults')) from wedsync.core_fields"
        )
        guests = database18.call(who, "select jsonb_agg(first_name) from wedsync.guests")
        return couple, seen, guests

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(live, range(COUPLES)))
    assert len({couple for couple, _, _ in answers}) == COUPLES
    for number, (_, seen, guests) in enumerate(answers):
        assert seen == [[f"Couple {number}", number]]
        assert guests == [f"G{number}"]
    logs = database18.query(
        "select couple_id, array_agg(seq order by seq) from wedsync_data.events where couple_id = any(%s) group by 1",
        [couple for couple, _, _ in answers],
    )
    assert len(logs) == COUPLES
    assert all(seqs == list(range(1, len(seqs) + 1)) for _, seqs in logs)
    chains = Counter(
        database18.call(None, "select wedsync.verify_audit_chain(%s) ->> 'valid'", couple, role="service_role")
        for couple, _, _ in answers[::25]
    )
    assert chains == {"true": COUPLES // 25}
