"""The public page of a wedding from a real PostgREST, for readers who are not signed in."""

from __future__ import annotations

import json
import urllib.request
from datetime import date, datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from harness.database import Database
from harness.weddings import Wedding

SECRETS = ["31234.5", "+44 7700 900123", "do not seat together", "rehearsal crypt"]


def ask(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.fixture
def slug(database: Database) -> str:
    """Address of a published page, of a wedding in London in summer."""
    wedding = Wedding.new(database)
    patch: dict[str, Any] = {
        "couple.partner1.name": "Emma", "couple.partner2.name": "James", "couple.partner1.phone": SECRETS[1],
        "wedding.date": "2035-06-12", "wedding.timeZone": "Europe/London", "timeline.ceremonyTime": "15:00",
        "wedding.ceremonyVenue": {"name": "Old Barn", "address": "1 Lane, Bath", "notes": SECRETS[2]},
        "budget.total": float(SECRETS[0]),
    }  # fmt: skip
    wedding.emma.call("select wedsync.update_core_fields(%s, %s)", wedding.id, json.dumps(patch))
    name = f"emma-and-james-{str(wedding.id)[:8]}"
    wedding.emma.call(
        "insert into wedsync.websites (couple_id, slug, is_published) values (%s, %s, true) returning id",
        wedding.id,
        name,
    )
    event = """insert into wedsync.wedding_events (couple_id, name, starts_at, ends_at, is_public)
        values (%s, %s, %s, %s, %s) returning id"""
    wedding.emma.call(event, wedding.id, "Brunch", "2035-06-13 10:00Z", "2035-06-13 12:00Z", True)
    wedding.emma.call(event, wedding.id, SECRETS[3], "2035-06-10 10:00Z", "2035-06-10 12:00Z", False)
    return name


@pytest.mark.proves("F001-03")
def test_anybody_reads_a_published_page(postgrest: str, slug: str) -> None:
    status, text = ask(f"{postgrest}/rpc/wedding_website?slug={slug}")
    assert status == 200, text
    page = json.loads(text)
    assert (page["@context"], page["@type"], page["name"]) == ("https://schema.org", "Event", "Emma & James")
    start = datetime.fromisoformat(page["startDate"])
    assert (start.date(), start.hour, start.utcoffset()) == (date(2035, 6, 12), 15, timedelta(hours=1))
    assert datetime.fromisoformat(page["endDate"]) == datetime.fromisoformat("2035-06-13T13:00:00+01:00")
    assert page["location"] == {
        "@type": "Place", "name": "Old Barn", "address": {"@type": "PostalAddress", "streetAddress": "1 Lane, Bath"},
    }  # fmt: skip
    assert [part["name"] for part in page["subEvent"]] == ["Brunch"]
    assert not [secret for secret in SECRETS if secret in text]


def test_pages_that_are_not_there_are_answered_alike(postgrest: str, slug: str, database: Database) -> None:
    database.query("update wedsync_data.websites set is_published = false where slug = %s", slug)
    answers = {
        ask(f"{postgrest}/rpc/wedding_website?slug={name}") for name in (slug, "nobody", "%27%20or%20true", "x" * 4000)
    }
    assert answers == {(404, "null")}
    # nor is there another road
    assert ask(f"{postgrest}/websites?slug=eq.{slug}")[0] == 401


def test_other_columns_cannot_be_selected(postgrest: str, slug: str) -> None:
    assert ask(f"{postgrest}/rpc/wedding_website?slug={slug}&select=couple_id")[0] in (200, 400)
    assert "couple_id" not in ask(f"{postgrest}/rpc/wedding_website?slug={slug}")[1]
