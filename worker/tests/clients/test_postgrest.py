"""The API through a real PostgREST: what works, and which status the errors have."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from uuid import UUID, uuid4

import psycopg
import pytest
from harness.database import Database, Person
from harness.tokens import token


@dataclass(frozen=True)
class Answer:
    """Status, headers and JSON body of one answer."""

    status: int
    headers: dict[str, str]
    body: Any


def ask(
    address: str,
    path: str,
    who: UUID | None,
    body: object | None = None,
    method: str | None = None,
    prefer: str | None = None,
) -> Answer:
    headers = {"Content-Type": "application/json"} | ({"Prefer": prefer} if prefer else {})
    if who is not None:
        headers["Authorization"] = f"Bearer {token(who)}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/{path}", data=data, headers=headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            text = answer.read()
            return Answer(answer.status, dict(answer.headers), json.loads(text) if text else None)
    except HTTPError as error:
        with error:
            text = error.read()
            return Answer(error.code, dict(error.headers), json.loads(text) if text else None)


EMMA = uuid4()


@pytest.fixture
def couple(postgrest: str) -> str:
    made = ask(postgrest, "rpc/register_couple", EMMA, {"partner1_name": "Emma", "partner2_name": "James"})
    assert made.status == 200, made.body
    return str(made.body)


@pytest.mark.parametrize(("argument", "prefer"), [({"answer": "minimal"}, None), ({}, "return=minimal")])
def test_an_answer_without_the_record(
    postgrest: str, couple: str, argument: dict[str, str], prefer: str | None
) -> None:
    call = {"couple_id": couple, "patch": {"wedding.style": ["boho"]}}
    short = ask(postgrest, "rpc/update_core_fields", EMMA, call | argument, prefer=prefer)
    assert short.status == 200, short.body
    assert short.body["changed"] == ["wedding.style"]
    assert "data" not in short.body
    call["patch"] = {"wedding.style": ["rustic"]}
    full = ask(postgrest, "rpc/update_core_fields", EMMA, call, prefer="return=representation")
    assert full.body["data"]["wedding"]["style"] == ["rustic"]
    assert full.body["version"] == short.body["version"] + 1
    kept = f"core_fields?couple_id=eq.{couple}&select=wedding_style"
    patched = ask(postgrest, kept, EMMA, {"wedding_style": ["modern"]}, "PATCH", prefer or "return=minimal")
    assert (patched.status, patched.body) == (204, None)
    shown = ask(postgrest, kept, EMMA, {"wedding_style": ["gothic"]}, "PATCH", "return=representation")
    assert shown.body == [{"wedding_style": ["gothic"]}]


@pytest.mark.proves("F003-12")
def test_read_and_write(postgrest: str, couple: str) -> None:
    changed = ask(
        postgrest,
        "rpc/update_core_fields",
        EMMA,
        {"couple_id": couple, "patch": {"wedding.guestCount.adults": 110, "wedding.guestCount.children": 10}},
    )
    assert (changed.status, changed.body["success"]) == (200, True)
    document = ask(postgrest, "rpc/get_core_fields", EMMA, {"couple_id": couple})
    assert document.body["wedding"]["guestCount"]["total"] == 120
    (row,) = ask(postgrest, f"core_fields?couple_id=eq.{couple}&select=partner1_name,withheld_fields", EMMA).body
    assert row == {"partner1_name": "Emma", "withheld_fields": []}
    patched = ask(postgrest, f"core_fields?couple_id=eq.{couple}", EMMA, {"partner2_name": "Jim"}, method="PATCH")
    assert patched.status == 204
    assert ask(postgrest, f"core_fields?couple_id=eq.{couple}", EMMA).body[0]["partner2_name"] == "Jim"


def _update(couple: str, patch: object, **more: object) -> tuple[str, dict[str, object]]:
    return "rpc/update_core_fields", {"couple_id": couple, "patch": patch, **more}


@pytest.mark.proves("F003-12", "F003-14", "F000-66")
def test_the_status_of_errors(postgrest: str, couple: str) -> None:
    stranger = uuid4()
    counts = {"adults": 3, "children": 2, "total": 7}
    path, body = _update(couple, {f"wedding.guestCount.{name}": count for name, count in counts.items()})
    assert ask(postgrest, path, None, body).status == 401
    assert ask(postgrest, path, stranger, body).status in (403, 404)
    refused = ask(postgrest, path, EMMA, body)
    assert refused.status in (400, 422)
    assert "wedding.guestCount" in refused.body["details"]
    unknown = ask(postgrest, *_with(EMMA, _update(couple, {"no.such.field": 1})))
    assert unknown.status in (400, 422)
    ask(postgrest, *_with(EMMA, _update(couple, {"couple.partner2.name": "Jim"})))
    stale = ask(postgrest, *_with(EMMA, _update(couple, {"couple.partner2.name": "Jack"}, base_version=1)))
    assert stale.status == 409
    assert "wedsync_internal" not in json.dumps([refused.body, unknown.body, stale.body])


def _with(who: UUID, call: tuple[str, dict[str, object]]) -> tuple[str, UUID, dict[str, object]]:
    return call[0], who, call[1]


@pytest.mark.proves("F000-57", "F000-59", "F000-45")
def test_a_version_that_was_read_is_honoured_and_the_wedding_may_be_left_out(postgrest: str, couple: str) -> None:
    """The sources' PUT body {couple_id, updates, version} is {couple_id, patch, base_version} of the function."""
    read = ask(postgrest, "rpc/get_core_fields", EMMA, {}).body
    assert read["coupleId"] == couple
    version = read["metadata"]["version"]
    first = ask(postgrest, *_with(EMMA, _update(couple, {"wedding.style": ["rustic"]}, base_version=version)))
    assert (first.status, first.body["changed"]) == (200, ["wedding.style"])
    other = ask(postgrest, *_with(EMMA, _update(couple, {"couple.partner2.name": "Jim"}, base_version=version)))
    assert other.status == 200
    same = ask(postgrest, *_with(EMMA, _update(couple, {"wedding.style": ["boho"]}, base_version=version)))
    assert (same.status, same.body["code"]) == (409, "PT409")
    (conflict,) = json.loads(same.body["details"])["conflicts"]
    assert (conflict["path"], conflict["current"], conflict["incoming"]) == ("wedding.style", ["rustic"], ["boho"])


@pytest.mark.proves("F003-13")
def test_too_many_requests_get_429_with_retry_after(postgrest: str, couple: str, database: Database) -> None:
    database.query("update wedsync_data.rate_limits set max_requests = 2 where endpoint = 'core-fields-write'")
    answers = [ask(postgrest, *_with(EMMA, _update(couple, {"couple.partner2.name": f"J{n}"}))) for n in range(4)]
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.proves("F004-98", "F003-13")
def test_broadcasts_and_presence_over_the_limit_get_429_with_retry_after(
    postgrest: str, couple: str, database: Database
) -> None:
    database.query("update wedsync_data.rate_limits set max_requests = 3 where endpoint like 'realtime-%'")
    message = {"topic": f"wedding:{couple}", "event": "seat_moved", "payload": {"guest": 81}}
    calls = [
        ("broadcast", message),
        ("send", message),
        ("broadcast_batch", {"messages": [message]}),
        ("touch_presence", {"couple_id": couple, "meta": {"status": "busy"}}),
        ("detect_idle", {"couple_id": couple}),
    ]
    for name, body in calls:
        database.query("delete from wedsync_data.rate_usage")
        answers = [ask(postgrest, f"rpc/{name}", EMMA, body) for _ in range(4)]
        assert [answer.status // 100 for answer in answers[:3]] == [2, 2, 2], (name, answers)
        assert (answers[3].status, answers[3].body["code"]) == (429, "WS429"), name
        assert 0 < int(answers[3].headers["Retry-After"]) <= 60, name
    database.query("delete from wedsync_data.rate_usage")
    many = ask(postgrest, "rpc/broadcast_batch", EMMA, {"messages": [message] * 4})
    assert many.status == 413
    assert ask(postgrest, "rpc/broadcast_batch", EMMA, {"messages": [message] * 3}).status == 200


@pytest.mark.proves("F000-51")
def test_the_trail_embeds_who_changed_and_for_which_supplier(postgrest: str, couple: str) -> None:
    chef = uuid4()
    firm = ask(postgrest, "rpc/register_supplier", chef, {"business_name": "Chef Ltd", "category": "caterer"}).body
    granted = {
        "couple_id": couple,
        "supplier_id": firm,
        "readable_fields": ["basic"],
        "writable_fields": ["guest_numbers"],
    }
    assert ask(postgrest, "rpc/grant_access", EMMA, granted).status == 200
    ask(postgrest, "rpc/set_display_name", chef, {"display_name": "Luca"})
    ask(postgrest, *_with(chef, _update(couple, {"wedding.guestCount.adults": 7})))
    ask(postgrest, *_with(EMMA, _update(couple, {"private.notes": "x"})))
    columns = "changed_field,changed_by_name,changed_by_user(full_name,email),supplier(business_name)"
    trail = f"core_fields_audit?couple_id=eq.{couple}&select={columns}&order=changed_at.desc,id&limit=2"
    notes, guests = ask(postgrest, trail, EMMA).body
    assert notes == {
        "changed_field": "private.notes",
        "changed_by_name": "Emma",
        "changed_by_user": {"full_name": "Emma", "email": None},
        "supplier": None,
    }
    assert (guests["changed_by_user"]["full_name"], guests["supplier"]) == ("Luca", {"business_name": "Chef Ltd"})


@pytest.mark.proves("F000-51")
def test_the_trail_takes_limit_by_its_name_in_the_source(postgrest: str, couple: str) -> None:
    for n in range(3):
        ask(postgrest, *_with(EMMA, _update(couple, {"private.notes": f"n{n}"})))
    trail = ask(postgrest, "rpc/get_audit_trail", EMMA, {"couple_id": couple, "limit": 2})
    assert [row["new_value"] for row in trail.body] == ["n2", "n1"]
    refused = ask(postgrest, "rpc/get_audit_trail", EMMA, {"couple_id": couple, "limit": 0})
    assert (refused.status, json.loads(refused.body["details"])["parameter"]) == (400, "limit")


@pytest.mark.proves("F001-23", "F003-65")
def test_a_suppliers_reads_of_views_are_noted_or_refused(postgrest: str, couple: str, database: Database) -> None:
    chef = uuid4()
    firm = ask(postgrest, "rpc/register_supplier", chef, {"business_name": "Chef Ltd", "category": "caterer"}).body
    assert (
        ask(
            postgrest,
            "rpc/grant_access",
            EMMA,
            {"couple_id": couple, "supplier_id": firm, "readable_fields": ["basic"]},
        ).status
        == 200
    )
    assert ask(postgrest, "core_fields?select=partner1_name", chef).body == [{"partner1_name": "Emma"}]
    assert ask(postgrest, "access_log", EMMA).body == []
    database.query("update wedsync_data.settings set value = '2' where name = 'supplier_view_reads'")
    for view in ("core_fields", "core_fields_audit", "couples", "weddings"):
        refused = ask(postgrest, view, chef)
        assert (refused.status, "POST" in refused.body["hint"]) == (405, True), view
    assert len(ask(postgrest, "core_fields", EMMA).body) == 1
    assert ask(postgrest, "rpc/get_core_fields", chef, {"couple_id": couple}).status == 200
    assert [row["action"] for row in ask(postgrest, "access_log", EMMA).body] == ["get_core_fields"]


@pytest.mark.proves("F001-23", "F003-65")
def test_reads_that_cannot_be_written_stand_in_the_log_of_the_server(database: Database) -> None:
    emma, chef = Person.new(database), Person.new(database)
    couple = emma.call("select wedsync.register_couple('Emma')")
    firm = chef.call("select wedsync.register_supplier('Chef Ltd', 'caterer')")
    emma.call("select wedsync.grant_access(%s, %s, '{basic}')", couple, firm)
    said: list[str] = []
    with psycopg.connect(database.dsn) as connection:
        connection.read_only = True
        connection.add_notice_handler(lambda notice: said.append(f"{notice.severity} {notice.message_primary}"))
        connection.execute("set client_min_messages = log")
        connection.execute("set role authenticated")
        for person in (emma, chef):
            connection.execute(
                "select set_config('request.jwt.claims', %s, true)",
                [json.dumps({"sub": str(person.id), "role": "authenticated"})],
            )
            connection.execute("select * from wedsync.core_fields as a, wedsync.core_fields as b")
    assert said == [f"LOG wedsync: user {chef.id} read core_fields of wedding {couple} for a supplier"]
