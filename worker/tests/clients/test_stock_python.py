"""The stock Python client `realtime`, which speaks version 1 without join_ref, against a real database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from harness.database import Database
from harness.weddings import Wedding
from harness.worker import running_node
from realtime import AsyncRealtimeClient

pytestmark = [pytest.mark.slow, pytest.mark.proves("F000-53", "F000-54", "F000-69")]


async def test_it_hears_broadcasts_and_row_changes_projected_to_its_rights(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    async with running_node(database18) as node:
        client = AsyncRealtimeClient(f"ws://127.0.0.1:{node.port}/realtime/v1", caterer.token)
        await client.connect()
        channel = client.channel(wedding.topic)
        channel.on_broadcast("core_fields_updated", lambda message: heard.put_nowait(("broadcast", message)))
        channel.on_system(lambda message: heard.put_nowait(("system", message)))
        channel.on_postgres_changes(
            "UPDATE", lambda message: heard.put_nowait(("change", message)),
            table="core_fields", schema="wedsync", filter=wedding.binding["filter"],
        )  # fmt: skip
        await channel.subscribe(lambda status, error: heard.put_nowait(("status", status)))
        async with asyncio.timeout(20):
            await heard_kind(heard, "system")
        wedding.update({"wedding.guestCount.adults": 120, "budget.total": 31234})
        async with asyncio.timeout(20):
            broadcast = (await heard_kind(heard, "broadcast"))[1]
            change = (await heard_kind(heard, "change"))[1]
        await channel.unsubscribe()
        await client.close()
    assert "120" in str(broadcast)
    assert change["data"]["record"]["guest_count"]["adults"] == 120
    assert "31234" not in str((broadcast, change))


async def heard_kind(queue: asyncio.Queue[tuple[str, Any]], kind: str) -> tuple[str, Any]:
    while True:
        item = await queue.get()
        if item[0] == kind:
            return item
