"""The stock JavaScript client, unmodified, through the death of its gateway and of its database."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import psutil
import pytest
from harness.accidents import crash
from harness.database import Database
from harness.javascript import javascript_client
from harness.servers import Server
from harness.stream import Stream, writing
from harness.worker import ScriptedClient, Worker, running_worker

pytestmark = [pytest.mark.usefixtures("each_bus"), pytest.mark.slow]


async def listen(client: ScriptedClient, worker: Worker, stream: Stream, **params: str) -> None:
    """Join as an app would; the session is the only thing that an app adds to its address."""
    address = f"ws://127.0.0.1:{worker.socket_port}/realtime/v1"
    await client.do("connect", url=address, apikey=stream.wedding.token, params=params)
    await client.do("join", topic=stream.wedding.topic, changes=[{**stream.wedding.binding, "event": "*"}])
    await client.hear("status", status="SUBSCRIBED")


async def hear_all(client: ScriptedClient, stream: Stream) -> None:
    """Read until everything came, as broadcast and as row change; what comes again is allowed, what is out of order not.

    It must have lost its socket meanwhile.
    """
    rows = await asyncio.to_thread(
        stream.wedding.emma.database.query,
        """select seq, (record ->> 'version_number')::int from wedsync_data.events
        where couple_id = %s and seq > %s and event_type = 'core_fields_updated' order by seq""",
        stream.wedding.id, stream.start,
    )  # fmt: skip
    places, versions = [row[0] for row in rows], [row[1] for row in rows]
    assert len(places) > 20
    heard: dict[int, None] = {}
    changed: dict[int, None] = {}
    states: list[str] = []
    assert client.process.stdout is not None
    # It may be at its longest pause, ten seconds, when it could come back.
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            while len(heard) < len(places) or len(changed) < len(versions):
                event = json.loads(await client.process.stdout.readline())
                if event["type"] == "broadcast" and event["message"]["event"] == "core_fields_updated":
                    heard[event["message"]["payload"]["metadata"]["seq"]] = None
                elif event["type"] == "change":
                    changed[event["message"]["new"]["version_number"]] = None
                elif event["type"] == "status":
                    states.append(event["status"])
    missing = sorted(set(places) - set(heard))
    assert not missing, f"misses {missing[:5]} of {len(places)}: {states}"
    assert "CHANNEL_ERROR" in states, "nothing happened to it"
    assert (list(heard), list(changed)) == (places, versions)


def gateway_of(worker: Worker) -> psutil.Process:
    """The only gateway process."""
    (gateway,) = (
        child
        for child in psutil.Process(worker.process.pid).children()
        if "gateway_process" in " ".join(child.cmdline())
    )
    return gateway


@pytest.mark.proves("F000-53", "F002-36")
@pytest.mark.parametrize("params", [{"session": "tab-1"}, {}], ids=["session", "subject and topic"])
async def test_it_misses_nothing_when_its_gateway_is_killed(database18: Database, params: dict[str, str]) -> None:
    stream = Stream.new(database18)
    async with running_worker(database18) as worker, javascript_client() as client:
        await worker.until_ready()
        await listen(client, worker, stream, **params)
        with writing(stream.wedding):
            await asyncio.sleep(1)
            gateway_of(worker).kill()
            await asyncio.sleep(4)
        await hear_all(client, stream)
        assert await worker.end() == 0


@pytest.mark.proves("F002-36")
async def test_it_misses_nothing_when_the_database_crashes(own_server: Server) -> None:
    with own_server.database() as database:
        stream = Stream.new(database)
        async with running_worker(database) as worker, javascript_client() as client:
            await worker.until_ready()
            await listen(client, worker, stream, session="tab-1")
            with writing(stream.wedding):
                await asyncio.sleep(1)
                await asyncio.to_thread(crash, database)
                await asyncio.sleep(5)
            await hear_all(client, stream)
            assert await worker.end() == 0
