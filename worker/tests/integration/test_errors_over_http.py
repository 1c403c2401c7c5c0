"""Every error of the catalogue, provoked through a real PostgREST: the answer is what the catalogue says."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from uuid import uuid4

import pytest
from harness import postgrest as postgrest_program
from harness.database import Database, Person
from harness.servers import Servers
from harness.tokens import token
from harness.versions import missing
from harness.weddings import Supplier, Wedding

# One PostgREST for all.
pytestmark = pytest.mark.xdist_group("errors over HTTP")


@dataclass(frozen=True)
class Refusal:
    """What PostgREST answered: status, headers, and the members code, message, details and hint."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Api:
    """A PostgREST with a wedding behind it."""

    address: str
    database: Database
    wedding: Wedding
    caterer: Supplier

    def refused(
        self, who: Person | None, function: str, body: object | None = None, *, query: str = "", **headers: str
    ) -> Refusal:
        """Call a function, by POST or for a query by GET, and expect an error."""
        headers = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        if who is not None:
            headers["Authorization"] = f"Bearer {token(who.id)}"
        data = None if body is None else json.dumps(body).encode()
        return self._refused(f"rpc/{function}{query}", "GET" if data is None else "POST", data, headers)

    def written(self, who: Person, view: str, method: str, body: object, *, query: str = "", **headers: str) -> Refusal:
        """Write to a view, and expect an error."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        sent |= {"Content-Type": "application/json", "Authorization": f"Bearer {token(who.id)}"}
        data = None if method == "DELETE" else json.dumps(body).encode()
        return self._refused(f"{view}{query}", method, data, sent)

    def status_of_write(self, who: Person, view: str, method: str, column: str, headers: dict[str, str]) -> int:
        """What a write of nothing sensible is answered with."""
        sent = {**headers, "Content-Type": "application/json", "Authorization": f"Bearer {token(who.id)}"}
        data = None if method == "DELETE" else json.dumps({column: None}).encode()
        query = "" if method == "POST" else f"?{column}=is.null"
        address = f"{self.address}/{view}{query}"
        request = urllib.request.Request(address, data=data, headers=sent, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code

    def _refused(self, path: str, method: str, data: bytes | None, headers: dict[str, str]) -> Refusal:
        request = urllib.request.Request(f"{self.address}/{path}", data=data, headers=headers, method=method)  # noqa: S310
        with pytest.raises(HTTPError) as caught, urllib.request.urlopen(request, timeout=10):  # noqa: S310
            pass
        with caught.value as error:
            return Refusal(error.code, dict(error.headers), json.loads(error.read()))

    def update(self, who: Person, patch: object, **more: object) -> Refusal:
        """Expect an error of update_core_fields."""
        return self.refused(who, "update_core_fields", {"couple_id": str(self.wedding.id), "patch": patch, **more})


@pytest.fixture(scope="module")
def api(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One for all tests of this file; each leaves the wedding usable for the others."""
    if reason := postgrest_program.missing() or missing(18):
        pytest.skip(reason)
    home: Path = tmp_path_factory.mktemp("postgrest")
    with servers.get(18).database() as database, postgrest_program.running_postgrest(database, home) as address:
        wedding = Wedding.new(database)
        yield Api(address, database, wedding, wedding.supplier("basic", "wedding.guestCount"))


def not_signed_in(api: Api) -> Refusal:
    return api.refused(None, "get_core_fields", {"couple_id": str(api.wedding.id)}, x_api_key="wsk_nobody")


def not_allowed(api: Api) -> Refusal:
    aunt = Person.new(api.database)
    api.wedding.admit(aunt, "family")
    return api.refused(aunt, "revoke_access", {"couple_id": str(api.wedding.id), "supplier_id": str(api.caterer.id)})


def fields_not_allowed(api: Api) -> Refusal:
    return api.update(api.caterer.owner, {"budget.total": 1, "couple.partner1.name": "Anna"})


def not_found(api: Api) -> Refusal:
    return api.refused(Person.new(api.database), "get_core_fields", {"couple_id": str(api.wedding.id)})


def version_conflict(api: Api) -> Refusal:
    read: int = api.wedding.emma.call(
        "select version_number from wedsync.core_fields where couple_id = %s", api.wedding.id
    )
    api.wedding.update({"couple.partner2.name": f"James {uuid4().hex[:6]}"})
    return api.update(api.wedding.emma, {"couple.partner2.name": "Jim"}, base_version=read)


def state_conflict(api: Api) -> Refusal:
    emma = api.wedding.emma
    return api.refused(emma, "remove_wedding_member", {"couple_id": str(api.wedding.id), "user_id": str(emma.id)})


def history_trimmed(api: Api) -> Refusal:
    couple = {"couple_id": str(api.wedding.id)}
    api.wedding.adults(70)
    api.database.query("delete from wedsync_data.events where couple_id = %s and seq <= 2", api.wedding.id)
    return api.refused(api.wedding.emma, "event_history", {**couple, "after_seq": 1})


def invalid_value(api: Api) -> Refusal:
    return api.update(api.wedding.emma, [1])


def invalid_fields(api: Api) -> Refusal:
    return api.update(api.wedding.emma, {"wedding.colour": "red", "wedding.guestCount.adults": -1})


def several_weddings(api: Api) -> Refusal:
    planner = Person.new(api.database)
    for wedding in (Wedding.new(api.database), Wedding.new(api.database)):
        wedding.admit(planner, "planner")
    return api.written(planner, "core_fields", "PATCH", {"wedding_style": ["rustic"]})


def read_only_view(api: Api) -> Refusal:
    return api.written(api.wedding.emma, "core_fields", "DELETE", None, query=f"?couple_id=eq.{api.wedding.id}")


def read_is_logged(api: Api) -> Refusal:
    return api.refused(api.caterer.owner, "get_core_fields", query=f"?couple_id={api.wedding.id}")


def too_large(api: Api) -> Refusal:
    return api.update(api.wedding.emma, {"private.notes": "x" * 70_000})


def stronger_sign_in(api: Api) -> Refusal:
    owner = Person.new(api.database)
    couple = owner.call("select wedsync.register_couple('Ada', 'Ben')")
    api.database.query("update wedsync_data.weddings set tier = 'enterprise' where id = %s", couple)
    aunt = {"couple_id": str(couple), "user_id": str(uuid4()), "wedding_role": "family"}
    return api.refused(owner, "add_wedding_member", aunt)


def rate_limited(api: Api) -> Refusal:
    someone = Person.new(api.database)
    rule = "update wedsync_data.rate_limits set max_requests = %s where endpoint = 'core-fields-write'"
    api.database.query(rule, 1)
    try:
        couple = someone.call("select wedsync.register_couple('Ada', 'Ben')")
        someone.call('select wedsync.update_core_fields(%s, \'{"wedding.style": ["rustic"]}\')', couple)
        return api.refused(
            someone, "update_core_fields", {"couple_id": str(couple), "patch": {"wedding.style": ["boho"]}}
        )
    finally:
        api.database.query(rule, None)


def wedding_day_protected(api: Api) -> Refusal:
    api.database.query("update wedsync_data.core_fields set wedding_date = current_date, time_zone = 'UTC'")
    return api.refused(api.wedding.emma, "reset_access", {"couple_id": str(api.wedding.id)})


def cap_reached(api: Api) -> Refusal:
    cap = "update wedsync_data.settings set value = %s where name = 'suppliers_per_user'"
    api.database.query(cap, "0")
    try:
        return api.refused(
            Person.new(api.database), "register_supplier", {"business_name": "Cakes", "category": "baker"}
        )
    finally:
        api.database.query(cap, "20")


def limiter_unavailable(api: Api) -> Refusal:
    rename = "update wedsync_data.rate_limits set endpoint = %s where endpoint = %s"
    api.database.query(rename, "elsewhere", "core-fields-write")
    try:
        return api.update(api.wedding.emma, {"wedding.style": ["rustic"]})
    finally:
        api.database.query(rename, "core-fields-write", "elsewhere")


PROVOCATIONS: dict[str, Callable[[Api], Refusal]] = {
    call.__name__: call
    for call in (
        *(not_signed_in, not_allowed, fields_not_allowed, not_found, version_conflict, state_conflict, invalid_value),
        *(
            history_trimmed,
            invalid_fields,
            several_weddings,
            read_only_view,
            read_is_logged,
            too_large,
            cap_reached,
            rate_limited,
            limiter_unavailable,
            stronger_sign_in,
            wedding_day_protected,
        ),
    )
}


@pytest.mark.proves("F000-63", "F000-87")
def test_every_error_of_the_catalogue_is_provoked_here(api: Api) -> None:
    assert {name for (name,) in api.database.query("select name from wedsync_internal.error_catalog")} == set(
        PROVOCATIONS
    )


@pytest.mark.proves("F000-63", "F000-66", "F000-87")
@pytest.mark.parametrize("name", PROVOCATIONS)
def test_the_answer_is_what_the_catalogue_says(api: Api, name: str) -> None:
    ((sqlstate, status, message, hint),) = api.database.query(
        "select sqlstate, http_status, message, hint from wedsync_internal.error_catalog where name = %s", name
    )
    refusal = PROVOCATIONS[name](api)
    assert refusal.status == status
    # What the detail says comes after it.
    assert refusal.body["message"].split(":")[0] == message
    assert refusal.body["code"] == (f"WS{status}" if sqlstate == "PGRST" else sqlstate)
    assert hint is None or refusal.body["hint"] == hint
    assert refusal.body["details"] in (None, "") or json.loads(refusal.body["details"])
    text = json.dumps(refusal.body)
    assert "wedsync_" not in text
    assert "PL/pgSQL" not in text


@pytest.mark.proves("F000-64")
def test_a_403_lists_the_fields_that_were_refused(api: Api) -> None:
    detail = json.loads(fields_not_allowed(api).body["details"])
    assert sorted(detail["unauthorized_fields"]) == ["budget.total", "couple.partner1.name"]


@pytest.mark.proves("F000-45")
def test_a_409_tells_what_both_sides_wrote(api: Api) -> None:
    detail = json.loads(version_conflict(api).body["details"])
    (conflict,) = detail["conflicts"]
    assert conflict["path"] == "couple.partner2.name"
    assert conflict["incoming"] == "Jim"
    assert conflict["current"].startswith("James ")
    assert conflict["changed_by"] == str(api.wedding.emma.id)


@pytest.mark.proves("F003-70", "C-56")
def test_a_429_says_when_to_come_back(api: Api) -> None:
    assert 1 <= int(rate_limited(api).headers["Retry-After"]) <= 60


@pytest.mark.proves("F000-63")
def test_without_a_token_nothing_is_found_out(api: Api) -> None:
    refusal = api.refused(None, "get_core_fields", {"couple_id": str(api.wedding.id)})
    assert (refusal.status, refusal.body["code"]) == (401, "42501")


@pytest.mark.proves("F000-63")
def test_a_token_without_a_subject_is_nobody(api: Api) -> None:
    refusal = api.refused(
        None, "get_core_fields", {"couple_id": str(api.wedding.id)}, Authorization=f"Bearer {token(None)}"
    )
    # PostgREST turns 42501 into 401 only for requests without a token.
    assert (refusal.status, refusal.body["message"]) == (403, "Sign in first")


@pytest.mark.proves("F000-63")
def test_no_write_to_a_view_ends_in_a_500(api: Api) -> None:
    """Upserts of stock clients among them: what a view does not take is 405 with what to call, or another error of ours."""
    views = [name for (name,) in api.database.query("select viewname from pg_views where schemaname = 'wedsync'")]
    assert len(views) > 20
    upsert = {"Prefer": "resolution=merge-duplicates"}
    with ThreadPoolExecutor(4) as pool:
        tried = [
            (view, method, pool.submit(api.status_of_write, api.wedding.emma, view, method, column, headers))
            for view in views
            for ((column,),) in [
                api.database.query(
                    "select attname from pg_attribute where attrelid = %s::regclass and attnum = 1", f"wedsync.{view}"
                )
            ]
            for method, headers in (("POST", {}), ("POST", upsert), ("PATCH", {}), ("DELETE", {}))
        ]
    for view, method, status in tried:
        assert status.result() < 500, (view, method)


@pytest.mark.proves("F000-63")
@pytest.mark.parametrize(
    ("view", "column"), [("core_fields_permissions", "couple_id"), ("realtime_subscriptions", "id"), ("api_keys", "id")]
)
def test_an_upsert_of_a_view_that_is_not_written_says_what_to_call(api: Api, view: str, column: str) -> None:
    refusal = api.written(api.wedding.emma, view, "POST", {column: str(uuid4())}, Prefer="resolution=merge-duplicates")
    assert refusal.status == 405
    assert refusal.body["message"] == f"This view does not support this operation: POST of {view}"
    assert refusal.body["hint"]


@pytest.mark.proves("F000-63")
def test_a_subject_that_is_no_uuid_is_told_at_reads_of_views(api: Api) -> None:
    bearer = {"Authorization": f"Bearer {token('auth0|17')}"}
    refusal = api.refused(None, "get_core_fields", {"couple_id": str(api.wedding.id)}, **bearer)
    assert refusal.status == 403
    assert refusal.body["message"] == "Sign in first: the sub claim must be a uuid"


@pytest.mark.proves("F000-63")
def test_constraints_of_forms_do_not_show(api: Api) -> None:
    """What a supplier may insert is checked with errors of the catalogue before constraints see it."""
    owner = api.caterer.owner
    for view, body, status in (
        ("forms", {"supplier_id": str(api.caterer.id), "name": ""}, 422),
        ("forms", {"supplier_id": str(uuid4()), "name": "Menu"}, 404),
        ("form_fields", {"form_id": str(uuid4()), "name": "guests"}, 404),
        (
            "core_field_mappings",
            {"form_id": str(uuid4()), "form_field_name": "x", "core_field_path": "wedding.date"},
            404,
        ),
    ):
        refusal = api.written(owner, view, "POST", body)
        assert refusal.status == status, refusal.body
        assert refusal.body["code"].startswith("PT")
