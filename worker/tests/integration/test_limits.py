"""Limits: what is over them is answered with a reason, what works goes on, and an administrator can change them."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
import websockets
from harness.database import Database
from harness.sockets import Socket, open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.services import bookkeeping

KEY = token(None, "anon")


def set_rule(database: Database, name: str, value: int) -> None:
    database.query("update wedsync_data.settings set value = to_jsonb(%s::int) where name = %s", value, name)


async def refusal(port: int, key: str) -> dict[str, Any]:
    """The body of a handshake that is refused with 429."""
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with open_socket(port, key):
            pass
    response = refused.value.response
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    assert response.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = json.loads(response.body)
    return body


@pytest.mark.proves("F002-14")
async def test_a_user_has_five_sockets_and_the_sixth_is_told_why(database18: Database) -> None:
    wedding = Wedding.new(database18)
    set_rule(database18, "connections_per_user", 5)
    async with running_node(database18) as node, AsyncExitStack() as stack:
        sockets: list[Socket] = []
        for _ in range(5):
            sockets.append(await stack.enter_async_context(open_socket(node.port, wedding.token)))
            await sockets[-1].join(wedding.topic)
        body = await refusal(node.port, wedding.token)
        assert body == {"error": "ConnectionRateLimitReached: a user has at most 5 open sockets"}
        wedding.adults(100)
        for socket in sockets:
            await socket.hear("broadcast")
        await sockets[0].connection.close()
        open_ones = "select count(*) from wedsync_data.websocket_connections where is_active"
        await until(lambda: database18.value(open_ones) == 4)
        await stack.enter_async_context(open_socket(node.port, wedding.token))
        # A server acts for many people.
        server = token(wedding.emma.id, "service_role")
        await stack.enter_async_context(open_socket(node.port, server))


@pytest.mark.proves("F002-14")
async def test_beyond_the_limit_a_socket_takes_the_place_of_one_of_its_own_session(database18: Database) -> None:
    wedding = Wedding.new(database18)
    set_rule(database18, "connections_per_user", 2)
    phone = "/realtime/v1/websocket?session=phone"
    async with (
        running_node(database18) as here,
        running_node(database18) as there,
        open_socket(here.port, wedding.token, path=phone) as lost,
        open_socket(here.port, wedding.token) as desk,
    ):
        await lost.join(wedding.topic)
        await desk.join(wedding.topic)
        await refusal(there.port, wedding.token)
        async with open_socket(there.port, wedding.token, path=phone) as back:
            assert await lost.closed() == 4003
            await back.join(wedding.topic)
            wedding.adults(100)
            for socket in (desk, back):
                await socket.hear("broadcast")
            active = "select count(*) from wedsync_data.websocket_connections where is_active"
            assert database18.value(active) == 2
            await refusal(there.port, wedding.token)


@pytest.mark.proves("F002-14")
async def test_who_comes_back_at_once_is_let_in(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    wedding = Wedding.new(database18)
    set_rule(database18, "connections_per_user", 1)
    # That a socket closed is noted when it does, and not when the books are looked at anyway.
    monkeypatch.setattr(bookkeeping, "_CHECK_EVERY", 60.0)
    open_ones = "select count(*) from wedsync_data.websocket_connections where is_active"
    async with running_node(database18) as node:
        for _ in range(6):
            async with open_socket(node.port, wedding.token) as socket:
                await socket.join(wedding.topic)
            await until(lambda: database18.value(open_ones) == 0)


@pytest.mark.proves("F002-14")
async def test_sockets_with_an_anonymous_key_count_for_who_joins_through_them(database18: Database) -> None:
    wedding = Wedding.new(database18)
    set_rule(database18, "connections_per_user", 2)
    async with running_node(database18) as node, AsyncExitStack() as stack:
        first, second, third = [await stack.enter_async_context(open_socket(node.port, KEY)) for _ in range(3)]
        await first.join(wedding.topic, wedding.token)
        await first.join(f"wedding:{wedding.id}", wedding.token)
        await second.join(wedding.topic, wedding.token)
        reply = await third.try_join(wedding.topic, wedding.token)
        assert reply["response"]["reason"] == "ConnectionRateLimitReached: a user has at most 2 open sockets"
        assert await third.drained() == []
        await first.connection.close()
        await until(
            lambda: database18.value("select count(*) from wedsync_data.websocket_connections where is_active") == 2
        )
        await third.join(wedding.topic, wedding.token)


@pytest.mark.proves("F002-14")
async def test_the_people_of_a_supplier_share_a_limit(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    set_rule(database18, "connections_per_supplier", 1)
    async with running_node(database18) as node, open_socket(node.port, caterer.token) as socket:
        body = await refusal(node.port, caterer.token)
        assert body == {"error": "ConnectionRateLimitReached: the people of a supplier have at most 1 open sockets"}
        await socket.join(wedding.topic)


@pytest.mark.proves("F002-25")
async def test_joins_are_counted_per_minute_and_going_on_is_not(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topics = [wedding.topic, "core-fields", "system", f"presence_{wedding.id}"]
    database18.query("update wedsync_data.rate_limits set max_requests = 4 where endpoint = 'realtime-subscribe'")
    path = "/realtime/v1/websocket?session=tab-1"
    async with running_node(database18) as node:
        async with open_socket(node.port, wedding.token, path=path) as socket:
            for topic in topics:
                await socket.join(topic)
            reply = await socket.try_join(f"wedding:{wedding.id}")
            assert reply["response"]["reason"].startswith("ClientJoinRateLimitReached: too many joins, try again in ")
            wedding.adults(100)
            await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")
            socket.connection.transport.abort()
        for _ in range(3):
            await until(lambda: node.hub.subscriptions == 0)
            async with open_socket(node.port, wedding.token, path=path) as socket:
                for topic in topics:
                    await socket.join(topic)
                socket.connection.transport.abort()


@pytest.mark.proves("F004-98")
async def test_a_socket_joins_so_often_as_the_settings_say_whatever_comes_of_it(database18: Database) -> None:
    """Going on after a reconnect and refused joins count towards no limit of the database, but each costs it work."""
    wedding = Wedding.new(database18)
    set_rule(database18, "joins_per_second", 1)
    path = "/realtime/v1/websocket?session=tab-1"
    async with running_node(database18) as node, open_socket(node.port, wedding.token, path=path) as socket:
        await until(lambda: node.rules.rules.joins_per_second == 1)
        for _ in range(5):
            await socket.join(wedding.topic)
            assert (await socket.try_join("nothing"))["response"]["reason"].startswith("UnknownTopic")
        asked = database18.value("select max(id) from wedsync_data.subscriptions")
        for topic in (wedding.topic, "nothing"):
            reply = await socket.try_join(topic)
            assert reply["response"]["reason"] == (
                "ClientJoinRateLimitReached: at most 1 joins a second per socket, averaged over ten seconds"
            )
        assert database18.value("select max(id) from wedsync_data.subscriptions") == asked
        await asyncio.sleep(1.1)
        await socket.join(wedding.topic)
        # A new token waits for its turn, and the channel goes on meanwhile.
        await socket.send(f"realtime:{wedding.topic}", "access_token", {"access_token": token(wedding.emma.id, n=1)})
        wedding.adults(100)
        await socket.hear("broadcast")
        assert node.snapshot().get("refreshes_total") is None
        await until(lambda: node.snapshot().get("refreshes_total") == 1, within=3)
        wedding.adults(101)
        await socket.hear("broadcast")


async def test_a_socket_has_so_many_channels_as_the_settings_say_now(database18: Database) -> None:
    wedding = Wedding.new(database18)
    set_rule(database18, "channels_per_socket", 2)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await until(lambda: node.rules.rules.channels_per_socket == 2)
        await socket.join(wedding.topic)
        await socket.join("core-fields")
        reply = await socket.try_join("system")
        assert (
            reply["response"]["reason"]
            == "ChannelRateLimitReached: a socket may have at most 2 channels, leave one first"
        )
        # Joining a channel anew is no further channel.
        await socket.join("core-fields")
        set_rule(database18, "channels_per_socket", 3)
        await node.rules.read()
        await socket.join("system")
        set_rule(database18, "channels_per_socket", 1)
        await node.rules.read()
        wedding.adults(100)
        await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")


@pytest.mark.proves("F002-14")
async def test_many_sockets_of_one_person_at_once_are_counted_exactly(database18: Database) -> None:
    wedding = Wedding.new(database18)
    set_rule(database18, "connections_per_user", 5)

    async def attempt(stack: AsyncExitStack, port: int) -> bool:
        try:
            await stack.enter_async_context(open_socket(port, wedding.token))
        except websockets.InvalidStatus as exc:
            if exc.response.status_code != 429:
                raise
            return False
        return True

    async with running_node(database18) as one, running_node(database18) as two:
        stacks = [AsyncExitStack() for _ in range(30)]
        opened = await asyncio.gather(
            *(attempt(stack, (one, two)[number % 2].port) for number, stack in enumerate(stacks))
        )
        assert sum(opened) == 5
        for stack in stacks:
            await stack.aclose()


@pytest.mark.slow
@pytest.mark.proves("F002-14", "F002-34")
async def test_two_hundred_people_of_one_supplier_hear_the_same_change(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    people = [str(uuid4()) for _ in range(210)]
    database18.query(
        "insert into wedsync_data.supplier_members (supplier_id, user_id) select %s, unnest(%s::uuid[])",
        caterer.id, people,
    )  # fmt: skip
    set_rule(database18, "connections_per_supplier", 210)
    async with running_node(database18) as node, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(open_socket(node.port, token(person))) for person in people]
        await asyncio.gather(*(socket.join(wedding.topic) for socket in sockets))
        wedding.adults(120)
        heard = await asyncio.gather(*(socket.hear("broadcast") for socket in sockets))
        assert {message.payload["payload"]["data"]["wedding.guestCount.adults"] for message in heard} == {120}
        body = await refusal(node.port, caterer.token)
        assert "210" in body["error"]
