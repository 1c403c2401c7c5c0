"""The page of `wedsync up`: its API answers as PostgREST would, and its tokens are for people at this machine only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harness.database import Database
from harness.up import Up, running_up, up_place
from harness.worker import running_worker

from wedsync.local.demo_client import PACKAGE, find_client
from wedsync.local.demo_page import is_loopback
from wedsync.local.dev_tokens import sign

# One `wedsync up` for all.
pytestmark = pytest.mark.xdist_group("demo page")
CATERER = "caterer"


@contextmanager
def asked(address: str, body: object = None, method: str | None = None, **headers: str) -> Iterator[Any]:
    """The answer, whatever its status; names of headers with _ for -."""
    request = urllib.request.Request(  # noqa: S310
        address,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            yield answer
    except urllib.error.HTTPError as error:
        with error:
            yield error


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """`wedsync up`, started where no client is installed."""
    with up_place() as place, running_up(place) as running:
        yield running


def call(up: Up, person: str, path: str, body: object = None, method: str | None = None) -> tuple[int, Any]:
    with asked(f"{up.http_url}/demo/token", {"person": person}) as answer:
        bearer = json.load(answer)["token"]
    with asked(f"{up.http_url}/demo/{path}", body, method, authorization=f"Bearer {bearer}") as answer:
        return answer.status, json.load(answer)


@pytest.fixture
def couple(up: Up) -> str:
    with asked(f"{up.http_url}/demo/setup") as answer:
        return str(json.load(answer)["couple_id"])


def test_the_page_loads_nothing_from_elsewhere(up: Up) -> None:
    with asked(f"{up.http_url}/demo") as answer:
        policy, page = answer.headers["content-security-policy"], answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page.replace("http-equiv", "")
    for name, kind in (
        ("demo.js", "text/javascript"), ("plans.js", "text/javascript"), ("records.js", "text/javascript"),
        ("demo.css", "text/css"),
    ):  # fmt: skip
        with asked(f"{up.http_url}/demo/{name}") as answer:
            assert answer.headers["content-type"].startswith(kind)
            assert b"://" not in answer.read()
    for path in ("/demo/index.html", "/demo/..%2fdemo_page.py", "/demo/npm/..%2f..%2fpyproject.toml"):
        with asked(up.http_url + path) as answer:
            assert answer.status == 404


def test_each_person_reads_what_the_couple_lets_them(up: Up, couple: str) -> None:
    status, record = call(up, "emma", "rpc/get_core_fields", {"couple_id": couple})
    assert (status, record["budget"]["total"]) == (200, 24000)
    status, record = call(up, CATERER, "rpc/get_core_fields", {"couple_id": couple})
    assert (status, record["budget"]["total"]) == (200, None)
    assert {path for path in record["metadata"]["withheld"] if path.startswith("budget")}
    status, body = call(up, "fireworks", "rpc/get_core_fields", {"couple_id": couple})
    assert (status, body["code"]) == (404, "PT404")
    _, rows = call(up, "venue", "rest/core_fields_permissions")
    assert [row["writable_fields"] for row in rows] == [["ceremony", "reception", "seating"]]


def test_errors_have_the_status_and_the_body_of_postgrest(up: Up, couple: str) -> None:
    change = {"couple_id": couple, "patch": {"wedding.guestCount.adults": 95}}
    status, body = call(up, CATERER, "rpc/update_core_fields", change)
    assert (status, body["code"]) == (403, "42501")
    assert json.loads(body["details"])["unauthorized_fields"]
    _, first = call(up, "emma", "rpc/update_core_fields", change)
    status, body = call(
        up, "james", "rpc/update_core_fields",
        {**change, "patch": {"wedding.guestCount.adults": 96}, "base_version": first["version"] - 1},
    )  # fmt: skip
    assert (status, body["code"]) == (409, "PT409")
    conflict = json.loads(body["details"])["conflicts"][0]
    assert (conflict["current"], conflict["incoming"], conflict["changed_by_name"]) == (95, 96, "Emma")
    status, body = call(up, "emma", "rpc/update_core_fields", {**change, "patch": {"budget.currency": "?"}})
    assert (status, body["code"]) == (422, "PT422")
    status, body = call(up, "emma", "rpc/get_core_fields", {"couple_id": "not a uuid"})
    assert (status, body["code"]) == (400, "22P02")


def test_only_the_functions_of_the_page_can_be_called_and_only_with_a_token(up: Up, couple: str) -> None:
    status, body = call(up, "emma", "rpc/revoke_access", {"couple_id": couple})
    assert (status, body["code"]) == (404, "PGRST202")
    assert call(up, "emma", "rpc/get_core_fields", {"couple_id": couple, "more": 1})[0] == 404
    assert call(up, "emma", "rpc/get_core_fields", ["a list"])[0] == 400
    assert call(up, "emma", "rpc/get_core_fields", {"couple_id": "x" * 70_000})[0] == 413
    address = f"{up.http_url}/demo/rpc/get_core_fields"
    forged = sign("another secret that is long enough for HS256", couple)
    for authorization in ("", "Bearer x", f"Bearer {forged}"):
        with asked(address, {"couple_id": couple}, authorization=authorization) as answer:
            assert answer.status == 401
    with asked(f"{up.http_url}/demo/token", {"person": "nobody"}) as answer:
        assert answer.status == 404


def names(rows: list[dict[str, Any]], key: str = "title") -> list[str]:
    return sorted(row[key] for row in rows)


def test_each_person_reads_the_plans_that_are_shared(up: Up) -> None:
    _, guests = call(up, "emma", "rest/guests")
    assert len(guests) == 10
    assert "Flowers" in names(call(up, "james", "rest/budget_lines")[1])
    for view in ("guests", "rsvps", "guest_allergens", "seats", "tasks", "budget_lines", "budget_payments"):
        assert call(up, CATERER, f"rest/{view}") == (200, []), view
    _, events = call(up, CATERER, "rest/wedding_events")
    assert [event["dietary_counts"]["guests"] for event in sorted(events, key=lambda event: event["position"])] == [
        6,
        3,
    ]
    _, seen = call(up, "venue", "rest/guests")
    assert (len(seen), {guest["diets"] for guest in seen}) == (10, {None})
    assert call(up, "venue", "rest/rsvps") == (200, [])
    assert names(call(up, "florist", "rest/my_timeline")[1]) == ["Flowers arrive"]
    assert names(call(up, "florist", "rest/my_tasks")[1]) == ["Confirm the bouquet"]
    assert call(up, "fireworks", "rest/my_timeline") == (200, [])


def test_rows_are_written_by_those_who_may_and_in_the_columns_of_the_page_only(up: Up, couple: str) -> None:
    status, added = call(up, "emma", "rest/tasks", {"title": "Order a cake stand"})
    assert status == 201
    chosen = f"rest/tasks?id=eq.{added[0]['id']}"
    assert call(up, "emma", chosen, {"title": "Order two", "due_on": "2027-01-02"}, "PATCH") == (200, added)
    _, tasks = call(up, "james", "rest/tasks")
    assert "Order two" in names(tasks)
    assert call(up, CATERER, chosen, {"title": "Order none"}, "PATCH") == (200, [])
    assert call(up, CATERER, "rest/tasks", {"title": "Order none"})[0] in {403, 404}
    assert (
        call(up, "emma", "rpc/complete_task", {"couple_id": couple, "task_id": added[0]["id"]})[1]["status"] == "done"
    )
    assert call(up, "emma", chosen, {"title": " "}, "PATCH")[0] == 422
    assert call(up, "emma", "rest/tasks?id=eq.x", {"title": "A"}, "PATCH")[1]["code"] == "22P02"
    for body in ({"status": "done"}, {"title": "A", "couple_id": couple}, {}):
        assert call(up, "emma", chosen, body, "PATCH")[1]["code"] == "PGRST204"
    for method in (None, "PATCH"):
        status, body = call(up, "emma", "rest/users?id=eq.x", {"title": "A"}, method)
        assert (status, body["code"]) == (404, "PGRST205")
    assert call(up, "emma", "rest/users")[0] == 404
    _, [seat, *_] = call(up, "emma", "rest/seats")
    assert call(up, "venue", "rpc/delete_seats", {"couple_id": couple, "ids": [seat["id"]]})[0] == 200
    _, seats = call(up, "emma", "rest/seats")
    assert seat["id"] not in {each["id"] for each in seats}


def test_over_the_limit_it_says_how_long_to_wait(up: Up, couple: str) -> None:
    for _ in range(110):
        status, body = call(up, "band", "rpc/get_core_fields", {"couple_id": couple})
        if status != 200:
            break
    assert status == 429
    assert body["code"] == "WS429"
    assert body["message"] == "Too many requests"


def test_names_of_the_web_that_lead_here_get_no_tokens(up: Up) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example"):
        with asked(f"{up.http_url}/demo/token", {"person": "emma"}, host=host) as answer:
            assert answer.status == 400
            assert b"token" not in answer.read()
    with asked(f"{up.http_url}/demo/token", {"person": "emma"}, origin="https://evil.example") as answer:
        assert "access-control-allow-origin" not in answer.headers


def test_without_the_client_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "above" / "node_modules" / PACKAGE
    package.mkdir(parents=True)
    monkeypatch.setattr("wedsync.local.demo_client._OWN_PLACE", tmp_path / "nowhere")
    monkeypatch.setattr("wedsync.local.demo_client.__file__", str(tmp_path / "wedsync" / "local" / "demo_client.py"))
    start = tmp_path / "above" / "here"
    assert find_client(start) is None
    (package / "package.json").write_text('{"module": "dist/index.js", "dependencies": {"not-there": "1"}}')
    (package / "dist").mkdir()
    (package / "dist" / "index.js").write_text("export {};")
    (package / "dist" / "secret.txt").write_text("no script")
    (tmp_path / "outside.js").write_text("not of the package")
    (package / "dist" / "link.js").symlink_to(tmp_path / "outside.js")
    client = find_client(start)
    assert client is not None
    assert client.import_map("/npm") == {"imports": {PACKAGE: f"/npm/{PACKAGE}/dist/index.js"}}
    assert client.file(f"{PACKAGE}/dist/index") == package / "dist" / "index.js"
    for path in (
        "dist/secret.txt",
        "dist/link.js",
        "dist/../../../../../outside.js",
        "dist/none",
        "dist\0",
        "x" * 5000,
    ):
        assert client.file(f"{PACKAGE}/{path}") is None
    assert client.file("another/index.js") is None


def test_it_is_served_on_loopback_only() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "localhost", "0.0.0.0", "192.0.2.7", "example.org", "")] == [  # noqa: S104
        True, True, False, False, False, False,
    ]  # fmt: skip
    with up_place() as place, running_up(place, http_host="0.0.0.0") as up:  # noqa: S104
        assert "no demo page" in up.printed
        with asked(f"{up.http_url}/demo/setup") as answer:
            assert answer.status == 404


async def test_the_plain_worker_has_none_of_it(database18: Database) -> None:
    async with running_worker(database18) as worker:
        await worker.until_ready()
        for path in ("/demo", "/demo/", "/demo/setup", "/demo/token"):
            assert (await worker.get(path))[0] == 404
