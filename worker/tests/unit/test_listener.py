"""What the doorbell says of a database that is away."""

from __future__ import annotations

import asyncio
import contextlib
import uuid

import pytest
from harness.ports import free_port

from wedsync.database.listener import Listener


async def test_a_database_that_stays_away_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    listener = Listener(f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere", uuid.uuid4())
    listening = asyncio.create_task(listener.run())
    async with asyncio.timeout(20):
        while listener.reconnects < 5:
            await listener.notified.wait()
            listener.notified.clear()
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    assert [record.getMessage() for record in caplog.records].count("listener_lost") == 1
