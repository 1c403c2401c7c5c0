"""What the doorbell says of a database that is away."""

from __future__ import annotations

import asyncio
import contextlib
import uuid

import pytest
from harness.ports import free_port

from wedsync.stream.doorbell import Doorbell


async def test_a_database_that_stays_away_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    doorbell = Doorbell(f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere", uuid.uuid4())
    listening = asyncio.create_task(doorbell.run())
    async with asyncio.timeout(20):
        while doorbell.reconnects < 5:
            await doorbell.rung.wait()
            doorbell.rung.clear()
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    assert [record.getMessage() for record in caplog.records].count("doorbell_lost") == 1
