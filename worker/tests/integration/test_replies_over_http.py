"""A household replies with its code through a real PostgREST, with no token at all."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from harness import postgrest as postgrest_program
from harness.database import Database
from harness.weddings import Wedding


def post(address: str, function: str, **body: Any) -> tuple[int, Any]:
    request = urllib.request.Request(  # noqa: S310
        f"{address}/rpc/{function}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.proves("F001-04")
def test_an_invitation_is_read_and_answered(database18: Database, tmp_path: Path) -> None:
    if reason := postgrest_program.missing():
        pytest.skip(reason)
    wedding = Wedding.new(database18)
    emma, couple = wedding.emma, wedding.id
    emma.call("insert into wedsync.wedding_events (couple_id, name) values (%s, 'Dinner') returning id", couple)
    emma.call("select wedsync.import_guests(%s, %s)", couple, "Name,RSVP\nAda Poe,invited\n")
    code = emma.call("select wedsync.create_invitation_codes(%s) -> 0 ->> 'code'", couple)
    database18.query("update wedsync_data.rate_limits set max_requests = 3 where endpoint = 'rsvp-by-code'")
    with postgrest_program.running_postgrest(database18, tmp_path) as address:
        # wrong codes are counted although they are answered 404: the fourth guess has to wait
        guesses = [post(address, "get_rsvp", code="0000-0000-0000-0000") for _ in range(4)]
        assert [status for (status, _) in guesses] == [404, 404, 404, 429]
        assert guesses[0][1]["valid"] is False
        status, invitation = post(address, "get_rsvp", code=code)
        assert (status, invitation["guests"][0]["first_name"], invitation["events"][0]["name"]) == (
            200,
            "Ada",
            "Dinner",
        )
        reply = {
            "guest_id": invitation["guests"][0]["guest_id"],
            "event_id": invitation["events"][0]["id"],
            "status": "yes",
            "allergens": [{"allergen": "peanut", "severity": "anaphylaxis"}],
        }
        status, answered = post(address, "answer_rsvp", code=code, replies=[reply])
        assert (status, answered["replies"][0]["status"], answered["uses_left"]) == (200, "attending", 0)
        assert post(address, "answer_rsvp", code=code, replies=[reply])[0] == 404
        assert post(address, "record_rsvp", couple_id=str(couple), replies=[reply])[0] == 401
        assert post(address, "import_guests", couple_id=str(couple), csv="Name\nEve\n")[0] == 401
    assert database18.value("select guest_count ->> 'confirmed' from wedsync_data.core_fields") == "1"
    assert database18.query("select allergen, severity from wedsync_data.guest_allergens") == [
        ("peanuts", "anaphylaxis")
    ]
