"""Counts of rows through a real PostgREST: exact ones are of the caller's rows; the planner's, which are not, are refused."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from harness.database import Database, Person
from harness.tokens import token
from harness.weddings import Wedding

_HIDDEN = 30


@pytest.fixture
def wedding(database: Database) -> Wedding:
    """Emma's wedding, beside thirty that she must not hear of, in the planner's statistics."""
    wedding = Wedding.new(database)
    for _ in range(_HIDDEN):
        Person.new(database).call("select wedsync.register_couple('Olivia')")
    database.query("analyze wedsync_data.core_fields")
    return wedding


def count(address: str, wedding: Wedding, *prefer: str, role: str = "authenticated") -> tuple[int, str, str]:
    """Status, Content-Range and body of a read with these Prefer headers."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.putrequest("GET", "/core_fields?select=couple_id")
    connection.putheader("Authorization", f"Bearer {token(wedding.emma.id, role=role)}")
    for value in prefer:
        connection.putheader("Prefer", value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Content-Range", ""), body


@pytest.mark.proves("F000-79")
def test_counts_never_take_in_hidden_weddings(postgrest: str, wedding: Wedding) -> None:
    assert count(postgrest, wedding)[:2] == (200, "0-0/*")
    assert count(postgrest, wedding, "count=exact")[:2] == (200, "0-0/1")
    for prefer in (
        "count=planned",
        "count=estimated",
        "handling=lenient, count=planned",
        "count=planned,return=minimal",
    ):
        status, _, body = count(postgrest, wedding, prefer)
        assert status == 400, prefer
        assert "Prefer" in body
        assert "count=exact" in body
    # servers see all weddings anyway
    status, planned, _ = count(postgrest, wedding, "count=planned", role="service_role")
    assert status == 200
    assert planned.startswith(f"0-{_HIDDEN}/")


def test_of_repeated_headers_the_database_is_shown_the_last(postgrest: str, wedding: Wedding) -> None:
    """What docs/security.md says of PostgREST without a proxy that joins repeated headers; when this fails, it says too much."""
    assert count(postgrest, wedding, "handling=lenient", "count=planned")[0] == 400
    of_all = count(postgrest, wedding, "count=planned", "handling=lenient")[1]
    assert of_all.startswith("0-0/")
    assert int(of_all.partition("/")[2]) >= 1, "an estimate, from statistics over the rows of everybody"
