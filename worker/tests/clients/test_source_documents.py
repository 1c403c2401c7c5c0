"""What a program written after the source documents sends, through a stock PostgREST client.

It works, or the answer says what to write instead.
docs/application-developers.md, "Compatibility with the source documents", has a row for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness.database import Database
from harness.tokens import token
from harness.weddings import Wedding
from postgrest import APIError, SyncPostgrestClient


@pytest.fixture
def wedding(database18: Database) -> Wedding:
    return Wedding.new(database18)


@pytest.fixture
def address(database18: Database, serve_postgrest: Any) -> str:
    return str(serve_postgrest(database18))


def client(address: str, token: str) -> SyncPostgrestClient:
    return SyncPostgrestClient(address, schema="wedsync", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def emma(address: str, wedding: Wedding) -> Iterator[SyncPostgrestClient]:
    with client(address, wedding.token) as session:
        yield session


def refusal(request: Any) -> APIError:
    """How a request fails."""
    with pytest.raises(APIError) as refused:
        request.execute()
    return refused.value


@pytest.mark.proves("F000-57")
def test_the_record_comes_with_its_suppliers(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    caterer = wedding.supplier("guest_numbers")
    record = (
        emma.from_("core_fields")
        .select("*, core_fields_permissions(supplier_id, readable_fields, writable_fields, status, auto_sync_enabled)")
        .eq("couple_id", str(wedding.id))
        .single()
        .execute()
        .data
    )
    assert record["partner1_name"] == "Emma"
    assert record["core_fields_permissions"] == [
        {
            "supplier_id": str(caterer.id),
            "readable_fields": ["guest_numbers"],
            "writable_fields": [],
            "status": "approved",
            "auto_sync_enabled": True,
        }
    ]
    assert emma.rpc("get_core_fields", {}).execute().data["coupleId"] == str(wedding.id)


@pytest.mark.proves("F000-45", "F000-18", "C-03")
def test_an_update_with_the_version_that_was_read(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    table = emma.from_("core_fields")
    version = table.select("version_number").eq("couple_id", str(wedding.id)).single().execute().data["version_number"]
    sent = {"wedding_style": ["rustic"], "last_updated_by": str(wedding.id), "updated_at": "2025-01-22T10:00:00Z"}

    def update() -> Any:
        return (
            emma.from_("core_fields")
            .update({**sent, "last_sync_at": "2025-01-22T10:00:00Z"})
            .eq("couple_id", str(wedding.id))
            .eq("version_number", version)
        )

    (stored,) = update().execute().data
    assert (stored["wedding_style"], stored["last_updated_by"]) == (["rustic"], str(wedding.emma.id))
    assert update().execute().data == [], "somebody else was quicker: no row has that version"


@pytest.mark.proves("F000-59")
def test_the_body_of_the_sources_is_told_apart(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    body = {"couple_id": str(wedding.id), "updates": {"wedding_style": ["rustic"]}, "version": 1}
    refused = refusal(emma.rpc("update_core_fields", body))
    assert refused.code == "PGRST202"
    assert "base_version" in str(refused.hint)
    answer = emma.rpc(
        "update_core_fields", {"couple_id": body["couple_id"], "patch": body["updates"], "base_version": 1}
    )
    assert answer.execute().data["changed"] == ["wedding.style"]


@pytest.mark.proves("F000-08")
def test_the_default_guest_numbers_of_the_sources(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    def numbers(**given: int) -> Any:
        patch = {"guest_count": given}
        answer = emma.rpc("update_core_fields", {"couple_id": str(wedding.id), "patch": patch}).execute().data
        return answer["data"]["wedding"]["guestCount"]

    assert numbers(adults=0, children=0, total=100)["total"] == 100
    assert numbers(total=120)["total"] == 120
    assert numbers(adults=110, children=20)["total"] == 130
    patch = {"couple_id": str(wedding.id), "patch": {"guest_count": {"total": 140}}}
    assert "sum_of_adults_and_children" in str(refusal(emma.rpc("update_core_fields", patch)).details)


@pytest.mark.proves("F001-21", "F001-22", "C-21")
def test_tables_that_the_sources_name(emma: SyncPostgrestClient, address: str, wedding: Wedding) -> None:
    wedding.update({"wedding.ceremonyVenue.name": "Old Barn", "budget.total": 31234})
    caterer = wedding.supplier("basic", "guest_numbers")
    assert emma.from_("couples").select("id").execute().data == [{"id": str(wedding.id)}]
    assert emma.from_("weddings").select("id, wedding_role").execute().data[0]["wedding_role"] == "partner"
    details = emma.from_("wedding_details").select("ceremony_venue_name").execute().data
    assert details == [{"ceremony_venue_name": "Old Barn"}]
    with client(address, caterer.token) as kitchen:
        flags = "can_view_guests, can_view_budget, can_edit_timeline, data_access_level"
        (seen,) = kitchen.from_("clients").select(f"couple_id, {flags}").execute().data
        assert seen == {
            "couple_id": str(wedding.id),
            "can_view_guests": True,
            "can_view_budget": False,
            "can_edit_timeline": False,
            "data_access_level": "basic",
        }
        assert "31234" not in kitchen.from_("wedding_details").select("*").execute().model_dump_json()


def test_mappings_of_a_form(address: str, wedding: Wedding) -> None:
    caterer = wedding.supplier("basic", "guest_numbers")
    with client(address, caterer.token) as kitchen:
        form = kitchen.from_("forms").insert({"supplier_id": str(caterer.id), "name": "Menu"}).execute().data[0]["id"]
        kitchen.from_("form_fields").insert({"form_id": form, "name": "guests"}).execute()
        row = {"form_id": form, "form_field_name": "guests", "core_field_path": "wedding.guestCount.total"}
        kitchen.from_("core_field_mappings").insert(row).execute()
        found = (
            kitchen.from_("core_field_mappings")
            .select("form_field_name, core_field_path, transformation_rule")
            .eq("form_id", form)
            .eq("auto_populate", "true")
            .execute()
            .data
        )
        assert found == [
            {"form_field_name": "guests", "core_field_path": "wedding.guestCount.total", "transformation_rule": {}}
        ]
        for path in ("connectedVendors", "metadata.version", "timeline.keyMoments.0.name"):
            refused = refusal(kitchen.from_("core_field_mappings").insert({**row, "core_field_path": path}))
            assert (refused.code, "core_field_path" in str(refused.details)) == ("PT422", True), path


@pytest.mark.proves("F000-51")
def test_the_trail_comes_with_people_and_suppliers(emma: SyncPostgrestClient, address: str, wedding: Wedding) -> None:
    caterer = wedding.supplier("guest_numbers")
    wedding.emma.call(
        "select wedsync.grant_access(%s, %s, '{guest_numbers}', '{guest_numbers}')", wedding.id, caterer.id
    )
    body = {"couple_id": str(wedding.id), "patch": {"wedding.guestCount.adults": 80}}
    with client(address, caterer.token) as kitchen:
        kitchen.rpc("update_core_fields", body).execute()
    (row,) = (
        emma.from_("core_fields_audit")
        .select("changed_field, new_value, changed_by_user(full_name), supplier(business_name)")
        .eq("couple_id", str(wedding.id))
        .eq("changed_field", "wedding.guestCount.adults")
        .order("changed_at", desc=True)
        .limit(1)
        .execute()
        .data
    )
    assert (row["new_value"], row["supplier"]["business_name"]) == (80, "Best Catering")
    assert "full_name" in row["changed_by_user"]
    trail = emma.rpc("get_audit_trail", {"couple_id": str(wedding.id), "limit": 2}).execute().data
    assert len(trail) == 2
    (change,) = (change["id"] for change in trail if change["field"] == "wedding.guestCount.adults")
    undo = {"couple_id": str(wedding.id), "audit_id": change}
    assert emma.rpc("revert_change", undo).execute().data["success"] is True


def test_writes_that_belong_to_functions_say_which(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    caterer = wedding.supplier()
    row = {"couple_id": str(wedding.id), "supplier_id": str(caterer.id), "readable_fields": ["basic"]}
    writes = [
        (emma.from_("core_fields").insert({"couple_id": str(wedding.id), "partner1_name": ""}), "register_couple"),
        (emma.from_("core_fields_permissions").upsert(row), "grant_access"),
        (emma.from_("realtime_subscriptions").insert({"channel_name": "core-fields"}), "join"),
        (emma.from_("realtime_subscriptions").update({"active": False}).eq("active", "true"), "join"),
    ]
    for request, instead in writes:
        refused = refusal(request)
        assert (refused.code, instead in str(refused.hint)) == ("PT405", True), (refused.code, refused.hint)


def test_what_is_answered_otherwise_than_in_the_sources(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    wrong = {"couple_id": str(wedding.id), "patch": {"wedding_date": "soon", "guest_count": {"adults": -1}}}
    answers = [
        (emma.rpc("update_core_fields", {"couple_id": str(wedding.id)}), "PGRST202"),
        (emma.rpc("update_core_fields", {"couple_id": None, "patch": {}}), "22023"),
        (emma.rpc("get_core_fields", {"couple_id": unknown}), "PT404"),
        (emma.rpc("update_core_fields", wrong), "PT422"),
    ]
    for request, code in answers:
        assert refusal(request).code == code
    status = emma.rpc("realtime_status", {}).execute().data
    assert {"connected", "activeChannels", "messageCount", "lastMessageAt"} <= set(status)


@pytest.mark.proves("F004-09", "F000-73")
def test_history_since_a_date_and_notifications_of_a_server(
    emma: SyncPostgrestClient, address: str, wedding: Wedding
) -> None:
    caterer = wedding.supplier("basic")
    since = {"couple_id": str(wedding.id), "since": "2020-01-01T00:00:00Z"}
    assert [event["seq"] for event in emma.rpc("event_history", since).execute().data][:2] == [1, 2]
    said = {"type": "reminder", "title": "Menu", "message": "Send it by Friday", "data": {}}
    body = {"supplier_id": str(caterer.id), "couple_id": str(wedding.id), **said}
    with client(address, token(None, "service_role")) as server:
        server.rpc("notify_supplier", body).execute()
    with client(address, caterer.token) as kitchen:
        reminders = kitchen.from_("notifications").select("id, title, message, read").eq("kind", "reminder")
        (told,) = reminders.execute().data
        read = {"couple_id": str(wedding.id), "ids": [told.pop("id")]}
        assert told == {"title": "Menu", "message": "Send it by Friday", "read": False}
        assert kitchen.rpc("mark_notifications_read", read).execute().data == 1
        assert reminders.execute().data[0]["read"] is True


@pytest.mark.proves("F000-06", "C-27")
def test_flat_names_in_a_patch(emma: SyncPostgrestClient, wedding: Wedding) -> None:
    patch = {"ceremony_venue_name": "Old Barn", "partner1_email": "emma@example.org"}
    answer = emma.rpc("update_core_fields", {"couple_id": str(wedding.id), "patch": patch}).execute().data
    assert answer["data"]["wedding"]["ceremonyVenue"]["name"] == "Old Barn"
