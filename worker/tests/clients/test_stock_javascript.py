"""Stock @supabase/realtime-js, both serializers, against a real database."""

from __future__ import annotations

import pytest
from harness.database import Database
from harness.javascript import javascript_client
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

KEY = token(None, "anon")
pytestmark = pytest.mark.slow


@pytest.mark.proves("F000-53", "F000-54", "F000-69")
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_it_hears_broadcasts_and_row_changes_projected_to_its_rights(database18: Database, version: str) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    async with running_node(database18) as node, javascript_client() as client:
        await client.do("connect", url=f"ws://127.0.0.1:{node.port}/realtime/v1", apikey=KEY, vsn=version)
        await client.do("token", token=caterer.token)
        await client.do("join", topic=wedding.topic, presence=True, changes=[wedding.binding])
        await client.hear("status", status="SUBSCRIBED")
        assert (await client.hear("system"))["message"]["status"] == "ok"
        assert (await client.hear("presence"))["state"] == {}
        wedding.update({"wedding.guestCount.adults": 120, "budget.total": 31234})
        message = (await client.hear("broadcast"))["message"]
        assert message["event"] == "core_fields_updated"
        change = (await client.hear("change"))["message"]
        assert (change["eventType"], change["schema"], change["table"]) == ("UPDATE", "wedsync", "core_fields")
        assert change["new"]["guest_count"]["adults"] == 120
        assert change["new"].get("budget_total") is None
        assert change["errors"] is None
        assert "31234" not in str(message)
        await client.do("leave", topic=wedding.topic)
        assert (await client.hear("left"))["outcome"] == "ok"


@pytest.mark.proves("F002-10")
async def test_a_refused_join_is_told_and_a_revoked_channel_closes(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer, stranger = wedding.supplier("wedding.guestCount"), wedding.supplier()
    async with running_node(database18) as node, javascript_client() as client:
        await client.do("connect", url=f"ws://127.0.0.1:{node.port}/realtime/v1", apikey=KEY)
        await client.do("token", token=stranger.token)
        await client.do("join", topic=wedding.topic)
        assert "Unauthorized: " in (await client.hear("status", status="CHANNEL_ERROR"))["error"]
        await client.do("token", token=caterer.token)
        await client.hear("status", status="SUBSCRIBED")
        wedding.revoke(caterer)
        assert (await client.hear("system"))["message"]["status"] == "error"
        await client.hear("status", status="CLOSED")


@pytest.mark.proves("F002-36")
async def test_it_comes_back_after_the_server_restarted_its_sockets(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, javascript_client() as client:
        await client.do("connect", url=f"ws://127.0.0.1:{node.port}/realtime/v1", apikey=wedding.token)
        await client.do("join", topic=wedding.topic)
        await client.hear("status", status="SUBSCRIBED")
        node.gateway.restart_all("a test says so")
        await client.hear("status", status="CHANNEL_ERROR")
        await client.hear("status", status="SUBSCRIBED")
        wedding.adults(101)
        await client.hear("broadcast")


@pytest.mark.proves("F000-52")
async def test_one_channel_hears_the_record_and_its_trail(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount.adults")
    couple = {"schema": "public", "filter": f"couple_id=eq.{wedding.id}"}
    bindings = [
        {"event": "UPDATE", "table": "core_fields", **couple},
        {"event": "INSERT", "table": "core_fields_audit", **couple},
    ]
    async with running_node(database18) as node, javascript_client() as client:
        await client.do("connect", url=f"ws://127.0.0.1:{node.port}/realtime/v1", apikey=KEY)
        await client.do("token", token=caterer.token)
        await client.do("join", topic=wedding.topic, changes=bindings)
        await client.hear("status", status="SUBSCRIBED")
        wedding.update({"wedding.guestCount.adults": 120, "budget.total": 31234})
        heard = [(await client.hear("change"))["message"] for _ in range(2)]
        record, trail = sorted(heard, key=lambda message: message["table"])
        assert (record["eventType"], record["table"]) == ("UPDATE", "core_fields")
        assert (trail["eventType"], trail["table"]) == ("INSERT", "core_fields_audit")
        assert (trail["new"]["changed_field"], trail["new"]["new_value"]) == ("wedding.guestCount.adults", 120)
        wedding.adults(121)
        again = [(await client.hear("change"))["message"]["table"] for _ in range(2)]
        assert sorted(again) == ["core_fields", "core_fields_audit"], "no row of the budget came between"
