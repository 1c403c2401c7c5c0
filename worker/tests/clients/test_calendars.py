"""The timeline as text/calendar from a real PostgREST, read by the icalendar package and by ical.js, and imported again."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from harness.database import Database, Person
from harness.javascript import PACKAGES, SCRIPTS
from harness.tokens import token
from harness.weddings import Wedding
from icalendar import Calendar, Event, Timezone

CEREMONY = "Grüße; Zeremonie, \\ draußen " * 6
ITEMS: list[dict[str, Any]] = [
    {"title": CEREMONY.strip(), "starts_local": "2027-10-30T23:30", "duration_minutes": 240, "category": "ceremony",
     "location": "St Mary's, north door", "cue": "Bells\nthen the organ; softly"},
    {"title": "First dance", "starts_local": "2027-10-31T01:30", "category": "reception"},
    {"title": "Brunch", "starts_local": "2027-10-31T11:00", "duration_minutes": 90, "time_zone": "America/New_York"},
    # the night on which the clocks go forward, and one that ends in the repeated hour
    {"title": "Spring", "starts_local": "2027-03-27T22:00", "duration_minutes": 240, "participants": ['Ümit "Ace" Öz']},
    {"title": "Late", "starts_local": "2027-10-31T00:30", "duration_minutes": 120},
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """Status, headers and text of one answer."""

    status: int
    headers: dict[str, str]
    text: str


def ask(
    address: str, who: UUID | None, body: object | None = None, accept: str | None = None, method: str | None = None
) -> Answer:
    headers = {"Content-Type": "application/json"}
    headers |= {"Accept": accept} if accept else {}
    headers |= {"Authorization": f"Bearer {token(who)}"} if who else {}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers=headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read().decode())


@pytest.fixture
def wedding(database: Database, postgrest: str) -> Wedding:
    """A wedding in London whose timeline goes through the night on which the clocks go back."""
    wedding = Wedding.new(database)

    for item in ITEMS:
        made = ask(f"{postgrest}/timeline_items", wedding.emma.id, {"couple_id": str(wedding.id), **item})
        assert made.status == 201, made.text
    return wedding


def calendar(postgrest: str, wedding: Wedding) -> Answer:
    return ask(f"{postgrest}/rpc/timeline_calendar?couple_id={wedding.id}", wedding.emma.id, accept="text/calendar")


@pytest.mark.proves("F004-106", "C-60")
def test_a_calendar_program_reads_the_timeline(postgrest: str, wedding: Wedding) -> None:
    answer = calendar(postgrest, wedding)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="timeline.ics"'
    read = Calendar.from_ical(answer.text)
    assert not read.errors
    events = {str(event["SUMMARY"]): event for event in read.walk("VEVENT")}
    assert [event.errors for event in events.values()] == [[]] * len(ITEMS)
    assert str(read["X-WR-CALNAME"]) == "Emma & James"
    ceremony, dance, brunch, spring, late = (events[item["title"]] for item in ITEMS)
    london, new_york = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
    assert ceremony.start == datetime(2027, 10, 30, 23, 30, tzinfo=london)
    assert ceremony.end.astimezone(UTC) - ceremony.start.astimezone(UTC) == timedelta(hours=4)
    assert ceremony.end.astimezone(london).replace(tzinfo=None) == datetime(2027, 10, 31, 2, 30)
    assert str(ceremony["LOCATION"]) == ITEMS[0]["location"]
    assert str(ceremony["DESCRIPTION"]) == ITEMS[0]["cue"]
    assert dance.start == datetime(2027, 10, 31, 1, 30, fold=0, tzinfo=london).astimezone(UTC)
    assert "DTEND" not in dance
    assert brunch.start == datetime(2027, 10, 31, 11, tzinfo=new_york)
    assert spring.start == datetime(2027, 3, 27, 22, tzinfo=london)
    assert spring.end == datetime(2027, 3, 28, 3, tzinfo=london)
    assert (late.start, late.end) == (
        datetime(2027, 10, 30, 23, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    )
    zones = {event["SUMMARY"]: event["DTSTART"].params.get("TZID") for event in events.values()}
    assert zones == {
        CEREMONY.strip(): "Europe/London", "First dance": None, "Brunch": "America/New_York", "Spring": "Europe/London",
        "Late": None,
    }  # fmt: skip
    for zone, own in (("Europe/London", london), ("America/New_York", new_york)):
        (defined,) = (part for part in read.walk("VTIMEZONE") if part["TZID"] == zone)
        clocks = defined.to_tz(lookup_tzid=False)
        for hour in range(0, 8760, 7):
            at = datetime(2027, 1, 1, 7, tzinfo=UTC) + timedelta(hours=hour)
            assert at.astimezone(clocks).utcoffset() == at.astimezone(own).utcoffset(), (zone, at)
    (person,) = spring["ATTENDEE"] if isinstance(spring["ATTENDEE"], list) else [spring["ATTENDEE"]]
    assert (person.params["CN"], person.params["PARTSTAT"]) == ('Ümit "Ace" Öz', "NEEDS-ACTION")
    assert spring["ORGANIZER"].params["CN"] == "Emma & James"
    assert "ATTENDEE" not in ceremony
    assert {event["SEQUENCE"] for event in events.values()} == {0}


def test_thunderbirds_parser_reads_the_same(postgrest: str, wedding: Wedding) -> None:
    if shutil.which("node") is None or not (PACKAGES / "ical.js").exists():
        pytest.skip("node or ical.js is not installed; ./scripts/test installs them")
    text = calendar(postgrest, wedding).text
    script = ["node", str(SCRIPTS / "read_calendar.mjs")]
    done = subprocess.run(script, input=text, capture_output=True, text=True, check=True, timeout=60)
    seen = json.loads(done.stdout)
    assert seen["name"] == "Emma & James"
    theirs = {event["uid"]: event for event in seen["events"]}
    for event in Calendar.from_ical(text).walk("VEVENT"):
        other = theirs.pop(str(event["UID"]))
        assert other["summary"] == str(event["SUMMARY"])
        assert datetime.fromisoformat(other["start"]) == event.start
        assert datetime.fromisoformat(other["end"]) == event.end
        assert (other["location"] or "", other["description"] or "") == (
            str(event.get("LOCATION", "")), str(event.get("DESCRIPTION", ""))
        )  # fmt: skip
        assert other["status"] == "CONFIRMED"
        assert other["zone"] == event["DTSTART"].params.get("TZID", "UTC")
        named = [("Emma & James", None), ('Ümit "Ace" Öz', "NEEDS-ACTION")] if event["SUMMARY"] == "Spring" else []
        assert [(each["name"], each.get("answer")) for each in other["organizer"] + other["attendees"]] == named
        assert other["categories"] == [str(name) for name in event["CATEGORIES"].cats]
    assert theirs == {}


@pytest.mark.proves("F004-106")
def test_a_program_without_a_sign_in_subscribes(postgrest: str, wedding: Wedding) -> None:
    made = ask(f"{postgrest}/rpc/create_calendar_feed", wedding.emma.id, {"couple_id": str(wedding.id)})
    feed = json.loads(made.text)
    address = postgrest + feed["path"]
    # as calendar programs ask
    for accept in ("text/calendar", "*/*", "text/calendar, text/plain;q=0.9, */*;q=0.8", None):
        read = ask(address, None, accept=accept)
        assert (read.status, read.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8"), (accept, read.text)
        assert read.headers["Cache-Control"] == "private, no-store"
        assert len(list(Calendar.from_ical(read.text).walk("VEVENT"))) == len(ITEMS)
    assert ask(address[:-1], None).status == 404
    assert ask(f"{postgrest}/rpc/timeline_calendar?couple_id={wedding.id}", None).status == 401
    revoked = ask(
        f"{postgrest}/rpc/revoke_calendar_feed",
        wedding.emma.id,
        {"couple_id": str(wedding.id), "feed_id": feed["id"]},
    )
    assert revoked.status == 204
    gone = ask(address, None, accept="text/calendar")
    assert gone.status == 404
    assert feed["token"] not in gone.text


def imported(postgrest: str, wedding: Wedding, text: str, **options: object) -> dict[str, Any]:
    body = {"couple_id": str(wedding.id), "calendar": text, "options": options}
    answer = ask(f"{postgrest}/rpc/import_timeline", wedding.emma.id, body)
    assert answer.status == 200, answer.text
    result: dict[str, Any] = json.loads(answer.text)
    return result


@pytest.mark.proves("F004-106")
def test_what_was_exported_is_imported_elsewhere(database: Database, postgrest: str, wedding: Wedding) -> None:
    text = calendar(postgrest, wedding).text
    assert imported(postgrest, wedding, text)["unchanged"] == len(ITEMS)
    other = Wedding.new(database)
    result = imported(postgrest, other, text)
    assert (result["created"], result["problems"]) == (len(ITEMS), [])

    def items(of: Wedding) -> set[tuple[object, ...]]:
        return set(database.query(
            "select title, starts_at, duration_minutes, coalesce(location, ''), coalesce(cue, ''), category, uid"
            " from wedsync_data.timeline_items where couple_id = %s", of.id,
        ))  # fmt: skip

    assert items(other) == items(wedding)
    assert calendar(postgrest, other).text.count("BEGIN:VEVENT") == len(ITEMS)


def test_what_another_program_writes_is_imported(database: Database, postgrest: str, wedding: Wedding) -> None:
    """As icalendar writes it: VTIMEZONE, TZID, folded lines, and an event changed after it was exported."""
    london = ZoneInfo("Europe/London")
    written = Calendar.new() if hasattr(Calendar, "new") else Calendar()
    event = Event()
    event.add("uid", "speech@example.org")
    event.add("summary", "Speech of the best man, " + "who speaks for long " * 5)
    event.add("dtstamp", datetime(2027, 1, 1, tzinfo=UTC))
    event.start = datetime(2027, 10, 31, 1, 30, tzinfo=london)
    event.end = datetime(2027, 10, 31, 3, 0, tzinfo=london)
    written.add_component(event)
    written.add_component(Timezone.from_tzid("Europe/London"))
    written.subcomponents.reverse()
    assert imported(postgrest, wedding, written.to_ical().decode())["created"] == 1
    row = "select starts_at, duration_minutes, time_zone, starts_local from wedsync_data.timeline_items where uid = %s"
    assert database.query(row, "speech@example.org") == [
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 150, "Europe/London", "2027-10-31T01:30")
    ]
    text = calendar(postgrest, wedding).text
    changed = Calendar.from_ical(text)
    for exported in changed.walk("VEVENT"):
        if str(exported["UID"]) == "speech@example.org":
            exported["SEQUENCE"] += 1
            exported.start = datetime(2027, 10, 31, 4, 0, tzinfo=london)
            exported.end = datetime(2027, 10, 31, 4, 20, tzinfo=london)
    result = imported(postgrest, wedding, changed.to_ical().decode())
    assert (result["updated"], result["unchanged"], result["problems"]) == (1, len(ITEMS), [])
    assert database.query(row, "speech@example.org") == [
        (datetime(2027, 10, 31, 4, 0, tzinfo=UTC), 20, "Europe/London", "2027-10-31T04:00")
    ]


def test_a_database_in_another_zone_says_the_same(database: Database, postgrest: str, wedding: Wedding) -> None:
    """Session settings of zone and dates do not matter."""
    texts = set()
    for zone, style in (("UTC", "ISO, MDY"), ("America/New_York", "SQL, DMY"), ("Asia/Kolkata", "German")):
        with database.caller(wedding.emma.id) as connection:
            connection.execute(
                "select set_config('timezone', %s, true), set_config('datestyle', %s, true)", (zone, style)
            )
            row = connection.execute("select wedsync.timeline_calendar(%s)", (wedding.id,)).fetchone()
            texts.add(row)
            preview = connection.execute(
                "select wedsync.import_timeline(%s, %s, %s) -> 'unchanged'",
                (wedding.id, row and row[0], json.dumps({"preview": True})),
            ).fetchone()
            assert preview == (len(ITEMS),)
    assert len(texts) == 1


@pytest.mark.proves("F001-06")
def test_an_aunt_answers_by_link(database: Database, postgrest: str, wedding: Wedding) -> None:
    couple = str(wedding.id)

    def call(function: str, who: Person | None, **arguments: object) -> Answer:
        return ask(f"{postgrest}/rpc/{function}", who and who.id, arguments)

    emma = wedding.emma
    ask(f"{postgrest}/helper_contacts", emma.id, {"couple_id": couple, "name": "Aunt Ada"})
    ask(f"{postgrest}/tasks", emma.id, {"couple_id": couple, "title": "Bake a cake", "due_on": "2027-10-29"})
    (contact,) = json.loads(ask(f"{postgrest}/helper_contacts?select=id", emma.id).text)
    (task,) = json.loads(ask(f"{postgrest}/tasks?select=id", emma.id).text)
    assigned = call("assign_task", emma, couple_id=couple, task_id=task["id"], contact_id=contact["id"])
    secret = json.loads(assigned.text)["link"]["token"]
    seen = json.loads(call("view_task_by_link", None, token=secret).text)
    assert (seen["title"], seen["helper"], seen["status"]) == ("Bake a cake", "Aunt Ada", "open")
    answered = call("answer_task_by_link", None, token=secret, answer="accepted", note="With almonds?")
    assert (answered.status, json.loads(answered.text)["status"]) == (200, "accepted")
    assert call("answer_task_by_link", None, token=secret[:-1], answer="accepted").status == 404
    assert ask(f"{postgrest}/tasks", None).status == 401
    database.query(
        "update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'task-link' returning endpoint"
    )
    call("view_task_by_link", None, token=secret)
    limited = call("view_task_by_link", None, token=secret)
    assert limited.status == 429
    assert int(limited.headers["Retry-After"]) >= 1
