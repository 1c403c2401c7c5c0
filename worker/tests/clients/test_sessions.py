"""Sessions the way an application has them: joined through a real PostgREST, used by stock clients."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
from harness.database import Database
from harness.javascript import javascript_client
from harness.weddings import Wedding
from harness.worker import running_node
from realtime import AsyncRealtimeClient

pytestmark = pytest.mark.slow


def ask(address: str, path: str, bearer: str | None, body: object, **headers: str) -> tuple[int, Any]:
    """Status and body of a POST."""
    sent = {"Content-Type": "application/json", **({"Authorization": f"Bearer {bearer}"} if bearer else {}), **headers}
    request = urllib.request.Request(f"{address}/{path}", json.dumps(body).encode(), sent)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")


@pytest.mark.proves("F004-53")
def test_joining_over_http(postgrest: str, database: Database) -> None:
    wedding = Wedding.new(database)
    stranger = wedding.supplier()
    wanted = {"couple_id": str(wedding.id)}
    status, made = ask(postgrest, "rpc/join_session", wedding.token, wanted)
    assert (status, made["websocket_url"], made["permissions"]["role"]) == (200, None, "partner")
    status, again = ask(postgrest, "rpc/refresh_session", wedding.token, {"session": made["session"]["id"]})
    assert (status, again["session"]) == (200, made["session"])
    assert ask(postgrest, "rpc/join_session", None, wanted)[0] == 401
    assert ask(postgrest, "rpc/join_session", stranger.token, wanted)[0] == 404
    assert ask(postgrest, "rpc/join_session", wedding.token, {"couple_id": None})[0] == 400
    assert ask(postgrest, "rpc/refresh_session", stranger.token, {"session": made["session"]["id"]})[0] == 404
    assert ask(postgrest, "rpc/end_session", stranger.token, {"session": made["session"]["id"]})[0] == 404
    # A token for sockets is no key to the API.
    assert ask(postgrest, "rpc/get_core_fields", again["token"], wanted)[0] == 401
    assert ask(postgrest, "rpc/get_core_fields", None, wanted, **{"x-api-key": again["token"]})[0] == 401
    assert ask(postgrest, "rpc/end_session", wedding.token, {"session": made["session"]["id"]}) == (204, None)
    assert ask(postgrest, "rpc/refresh_session", wedding.token, {"session": made["session"]["id"]})[0] == 409
    database.query("update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'session-join'")
    database.query("delete from wedsync_data.rate_usage")
    assert [ask(postgrest, "rpc/join_session", wedding.token, wanted)[0] for _ in range(2)] == [200, 429]


@pytest.mark.proves("F003-07", "F004-58")
async def test_the_javascript_client_lives_on_session_tokens(postgrest: str, database: Database) -> None:
    wedding = Wedding.new(database)
    caterer = wedding.supplier("wedding.guestCount")
    database.query("update wedsync_data.settings set value = '4' where name = 'session_token_seconds'")
    async with running_node(database) as node, javascript_client() as client:
        # Its four seconds count from here.
        wanted = {"couple_id": str(wedding.id)}
        made = (await asyncio.to_thread(ask, postgrest, "rpc/join_session", caterer.token, wanted))[1]
        session = {"session": made["session"]["id"]}
        await client.do("connect", url=f"ws://127.0.0.1:{node.port}/realtime/v1", apikey=made["token"])
        await client.do("join", topic=wedding.topic, changes=[wedding.binding])
        await client.hear("status", status="SUBSCRIBED")
        await asyncio.to_thread(wedding.update, {"wedding.guestCount.adults": 120, "budget.total": 31234})
        change = await client.hear("change")
        assert change["message"]["new"]["guest_count"]["adults"] == 120
        assert "31234" not in str(change)
        database.query("update wedsync_data.settings set value = '600' where name = 'session_token_seconds'")
        following = (await asyncio.to_thread(ask, postgrest, "rpc/refresh_session", caterer.token, session))[1]["token"]
        await client.do("key", apikey=following)
        await client.do("token", token=following)
        await client.hear("token_set")
        await asyncio.sleep(4.5)
        await asyncio.to_thread(wedding.adults, 121)
        assert (await client.hear("change"))["message"]["new"]["guest_count"]["adults"] == 121
        # A reconnect brings the new token, for the socket as for the channel.
        node.gateway.restart_all("a test says so")
        await client.hear("status", status="CHANNEL_ERROR")
        await client.hear("status", status="SUBSCRIBED")
        await asyncio.to_thread(ask, postgrest, "rpc/end_session", caterer.token, session)
        while (told := (await client.hear("system"))["message"])["status"] == "ok":
            pass
        assert told["message"] == "the session has ended"
        await client.hear("status", status="CLOSED")


@pytest.mark.proves("F004-58")
async def test_the_python_client_joins_with_a_session_token(database18: Database) -> None:
    wedding = Wedding.new(database18)
    made = wedding.emma.call("select wedsync.join_session(%s)", wedding.id)
    heard: asyncio.Queue[Any] = asyncio.Queue()
    joined: asyncio.Queue[Any] = asyncio.Queue()
    async with running_node(database18) as node:
        client = AsyncRealtimeClient(f"ws://127.0.0.1:{node.port}/realtime/v1", made["token"])
        await client.connect()
        channel = client.channel(wedding.topic)
        channel.on_broadcast("core_fields_updated", heard.put_nowait)
        await channel.subscribe(lambda status, _error: joined.put_nowait(status.name))
        async with asyncio.timeout(20):
            assert await joined.get() == "SUBSCRIBED"
            await asyncio.to_thread(wedding.adults, 120)
            assert "120" in str(await heard.get())
        outside = client.channel("core-fields")
        await outside.subscribe(lambda status, _error: joined.put_nowait(status.name))
        async with asyncio.timeout(20):
            assert await joined.get() == "CHANNEL_ERROR"
        await client.close()
