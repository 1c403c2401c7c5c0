"""What a program written after the source documents sends, through a stock PostgREST client.

It works, or the answer says what to write instead.
docs/application-developers.md, "From the source documents", has a row for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness.database import Database
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


@pytest.mark.proves("F000-57", "F000-33")
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


@pytest.mark.proves("F000-61")
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
