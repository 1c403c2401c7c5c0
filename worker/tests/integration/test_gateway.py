"""Sockets against a real database: opening, joining, being refused, and how the server ends things."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import websockets
from harness.database import Database
from harness.sockets import PATH, Socket, open_socket, until
from harness.stream import write_much
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node
from websockets.asyncio.client import connect
from websockets.frames import Opcode

from wedsync.protocol.close_codes import CloseCode
from wedsync.server.connection import INBOUND_LIMIT
from wedsync.server.host import Limits

KEY = token(None, "anon")


def http_get(port: int, target: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{target}", timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.proves("F004-58", "F004-61")
async def test_a_bad_opening_is_answered_in_http_with_an_error(database18: Database) -> None:
    async with running_node(database18) as node:
        for target, status in (
            ("/nowhere", 404),
            (PATH, 401),
            (f"{PATH}?apikey={KEY}&vsn=9", 400),
            (f"{PATH}?apikey={KEY}", 426),
        ):
            code, body = await asyncio.to_thread(http_get, node.port, target)
            assert code == status
            assert list(body) == ["error"]
        for key in ("x.y.z", token(None, "anon", lifetime=-5)):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await connect(f"ws://127.0.0.1:{node.port}{PATH}?apikey={key}")
            assert refused.value.response.status_code == 401
            assert key not in refused.value.response.body.decode()


async def test_bytes_that_are_not_http_get_an_answer_and_an_end(database18: Database) -> None:
    async with running_node(database18) as node:
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
        writer.write(b"nonsense\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.endswith(b'{"error": "not a WebSocket handshake"}')
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
@pytest.mark.parametrize("path", ["/socket/websocket", "/realtime/v1/websocket"])
@pytest.mark.proves("F000-53", "F000-68", "F000-69")
async def test_both_addresses_and_both_serializers_carry_a_change(
    database18: Database, version: str, path: str
) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, KEY, version=version, path=path) as socket:
        response = await socket.join(wedding.topic, wedding.token, postgres_changes=[wedding.binding])
        (binding,) = response["postgres_changes"]
        assert {name: binding[name] for name in wedding.binding} == wedding.binding
        assert isinstance(binding["id"], int)
        assert binding["id"] != 0
        system = await socket.hear("system")
        assert (system.payload["status"], system.payload["channel"]) == ("ok", wedding.topic)
        wedding.adults(110)
        broadcast = await socket.hear("broadcast")
        assert broadcast.payload["event"] == "core_fields_updated"
        envelope = broadcast.payload["payload"]
        assert (envelope["type"], envelope["couple_id"]) == ("core_fields_updated", str(wedding.id))
        assert envelope["data"]["wedding.guestCount.adults"] == 110
        assert {"updatedBy", "timestamp", "metadata", "server_timestamp"} <= set(envelope)
        change = await socket.hear("postgres_changes")
        assert change.payload["ids"] == [binding["id"]]
        assert change.payload["data"]["type"] == "UPDATE"
        assert (broadcast.join_ref, broadcast.ref) == (change.join_ref, change.ref) == (None, None)


async def refused(socket: Socket, topic: str, key: str | None = None, **config: object) -> str:
    reply = await socket.try_join(topic, key, **config)
    assert reply["status"] == "error", reply
    reason: str = reply["response"]["reason"]
    return reason


@pytest.mark.proves("F002-01", "F004-61")
async def test_a_join_that_may_not_be_is_refused_with_a_code_and_the_socket_stays(database18: Database) -> None:
    wedding = Wedding.new(database18)
    stranger = token(uuid4())
    async with running_node(database18) as node, open_socket(node.port, KEY) as socket:
        assert (await refused(socket, wedding.topic)).startswith("Unauthorized: ")
        assert (await refused(socket, wedding.topic, stranger)).startswith("Unauthorized: ")
        assert (await refused(socket, f"core_fields_{uuid4()}", stranger)).startswith("Unauthorized: ")
        assert (await refused(socket, "no_such_channel", stranger)).startswith("UnknownTopic: ")
        assert (await refused(socket, "core_fields_'; drop table x", stranger)).split(": ")[0] in (
            "UnknownTopic", "Unauthorized",
        )  # fmt: skip
        assert (await refused(socket, wedding.topic, token(wedding.emma.id, lifetime=-5))).startswith("InvalidJWTToken")
        assert (await refused(socket, wedding.topic, "x.y.z")).startswith("MalformedJWT: ")
        assert (await refused(socket, "")).startswith("TopicNameRequired: ")
        bad = {"event": "UPDATE", "schema": "wedsync", "table": "core_fields", "filter": "nonsense"}
        assert await refused(socket, wedding.topic, wedding.token, postgres_changes=[bad])
        assert await refused(socket, wedding.topic, wedding.token, postgres_changes=[{"event": "\0"}])
        await socket.join(wedding.topic, wedding.token)


async def test_the_key_counts_where_a_join_brings_no_token(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        await socket.join(f"core_fields_{wedding.id}", "sb_publishable_key")


@pytest.mark.proves("F004-61")
async def test_malformed_messages_are_dropped_and_the_socket_stays(database18: Database) -> None:
    async with running_node(database18) as node, open_socket(node.port, KEY) as socket:
        for data in ("", "{}", "[1,2]", '["1","1",null,"phx_join",{}]', "[" * 50_000, b"", b"\x03", b"\x09" * 40):
            await socket.connection.send(data)
        assert await socket.drained() == []
        assert node.snapshot()["messages_malformed_total"] == 8


async def test_a_message_in_fragments_is_read_whole(database18: Database) -> None:
    async with running_node(database18) as node, open_socket(node.port, KEY) as socket:
        await socket.connection.send(['[null,"77","pho', "", 'enix","heartbeat",{}]'])
        assert await socket.reply("77") == {"status": "ok", "response": {}}


async def test_text_that_is_not_utf8_and_frames_that_are_too_large_close_the_socket(database18: Database) -> None:
    async with running_node(database18) as node:
        async with open_socket(node.port, KEY) as socket:
            await socket.connection.send(b"\xff\xfe", text=True)
            assert await socket.closed() == CloseCode.INVALID_DATA
        async with open_socket(node.port, KEY) as socket:
            await socket.connection.send("x" * (INBOUND_LIMIT + 1))
            assert await socket.closed() == 1009
        assert INBOUND_LIMIT == 5_000_000
        async with open_socket(node.port, KEY) as socket:
            # Also in many frames, each of which is small.
            await socket.connection.send(["x" * 500_000] * 10 + ["x"])
            assert await socket.closed() == 1009
        async with open_socket(node.port, KEY) as socket:
            await socket.connection.send("x" * INBOUND_LIMIT)
            assert await socket.drained() == []


@pytest.mark.proves("F002-08")
async def test_leaving_gives_the_subscription_back(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        topic = f"realtime:{wedding.topic}"
        assert (await socket.reply(await socket.send(topic, "phx_leave", {})))["status"] == "ok"
        assert (await socket.hear("phx_close")).ref == wedding.topic
        wedding.adults(110)
        await subscriptions_become(database18, 0)
        assert await socket.drained() == []


@pytest.mark.proves("F000-74")
async def test_a_lost_socket_gives_its_subscriptions_back(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        async with open_socket(node.port, wedding.token) as socket:
            await socket.join(wedding.topic)
            await subscriptions_become(database18, 1)
            socket.connection.transport.abort()
        await subscriptions_become(database18, 0)
        assert node.hub.subscriptions == 0


@pytest.mark.proves("F000-75")
async def test_joining_twice_closes_the_first_and_keeps_one_subscription(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"realtime:{wedding.topic}"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await asyncio.gather(*(socket.send(topic, "phx_join", {}, join_ref=str(number)) for number in range(20)))
        assert (await socket.reply("20"))["status"] == "ok"
        for number in range(19):
            assert (await socket.hear("phx_close")).ref == str(number)
        await subscriptions_become(database18, 1)
        wedding.adults(110)
        await socket.hear("broadcast")
        assert "broadcast" not in [heard.event for heard in await socket.drained()]


async def subscriptions_become(database: Database, number: int) -> None:
    await until(lambda: database.value("select count(*) from wedsync_data.subscriptions where active") == number)


async def test_a_token_is_warned_of_expiry_and_its_channel_ends_curably(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, KEY) as socket:
        await socket.join(wedding.topic, token(wedding.emma.id, lifetime=3))
        warning = await socket.hear("system")
        assert warning.payload["status"] == "ok"
        assert warning.payload["message"].startswith("Token expires in ")
        ended = await socket.hear("phx_error")
        assert ended.ref == wedding.topic
        assert (await socket.hear("system")).payload["message"] == "InvalidJWTToken: the token has expired"
        await subscriptions_become(database18, 0)
        await socket.join(wedding.topic, wedding.token)


async def test_a_refreshed_token_keeps_the_channel_and_hears_everything_once(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"realtime:{wedding.topic}"
    async with running_node(database18) as node, open_socket(node.port, KEY) as socket:
        await socket.join(wedding.topic, token(wedding.emma.id, lifetime=3))
        for number in range(30):
            fresh = token(wedding.emma.id, lifetime=3600 + number)
            await socket.send(topic, "access_token", {"access_token": fresh}, join_ref=wedding.topic)
            await asyncio.to_thread(wedding.adults, 100 + number)
        await asyncio.sleep(3.2)
        heard = [message.event for message in await socket.drained()]
        assert heard.count("broadcast") == 30
        assert "phx_error" not in heard
        await subscriptions_become(database18, 1)


async def test_a_refresh_that_fails_ends_the_channel(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"realtime:{wedding.topic}"
    async with running_node(database18) as node, open_socket(node.port, KEY) as socket:
        await socket.join(wedding.topic, wedding.token)
        await socket.send(topic, "access_token", {"access_token": "x.y.z"})
        assert (await socket.hear("system")).payload["message"].startswith("MalformedJWT: ")
        assert (await socket.hear("phx_error")).ref == wedding.topic
        await socket.join(wedding.topic, wedding.token)
        await socket.send(topic, "access_token", {"access_token": token(uuid4())})
        assert (await socket.hear("system")).payload["message"].startswith("Unauthorized: ")
        assert (await socket.hear("phx_close")).ref == wedding.topic
        await subscriptions_become(database18, 0)


async def test_a_silent_client_is_pinged_and_one_that_does_not_answer_is_closed(database18: Database) -> None:
    limits = Limits(ping_seconds=0.2, idle_seconds=3.0, sweep_seconds=0.05, close_seconds=0.3)
    async with running_node(database18, limits=limits) as node, open_socket(node.port, KEY) as answering:
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
        writer.write(
            f"GET {PATH}?apikey={KEY} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        heard = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        assert heard.startswith(b"HTTP/1.1 101 ")
        assert b"\x89\x08" in heard, "no ping"
        assert int(CloseCode.IDLE).to_bytes(2, "big") in heard
        assert await answering.drained() == []


async def test_a_client_that_talks_but_answers_no_ping_is_closed(
    database18: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has not confirmed, others would go on from after a reconnect, for as long as it stays."""
    limits = Limits(ping_seconds=0.2, confirm_seconds=3.0, sweep_seconds=0.05, close_seconds=0.3)
    async with (
        running_node(database18, limits=limits) as node,
        open_socket(node.port, KEY) as answering,
        open_socket(node.port, KEY) as mute,
    ):
        protocol = mute.connection.protocol
        send = protocol.send_frame
        monkeypatch.setattr(protocol, "send_frame", lambda frame: None if frame.opcode is Opcode.PONG else send(frame))
        async with asyncio.timeout(10):
            while mute.connection.close_code is None:
                with suppress(websockets.ConnectionClosed):
                    await mute.send("phoenix", "heartbeat", {})
                await asyncio.sleep(0.05)
        assert mute.connection.close_code == CloseCode.IDLE
        assert await answering.drained() == []


async def test_a_socket_without_channels_and_an_opening_that_never_comes_are_ended(database18: Database) -> None:
    limits = Limits(no_channel_seconds=2.0, handshake_seconds=2.0, sweep_seconds=0.05)
    wedding = Wedding.new(database18)
    async with (
        running_node(database18, limits=limits) as node,
        open_socket(node.port, wedding.token) as used,
        open_socket(node.port, KEY) as unused,
    ):
        await used.join(wedding.topic)
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
        writer.write(b"GET ")
        assert await unused.closed() == CloseCode.NO_CHANNEL
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        await writer.wait_closed()
        assert used.connection.close_code is None


async def test_a_client_that_pings_without_ever_reading_is_closed(database18: Database) -> None:
    limits = Limits(buffer_bytes=20_000, close_seconds=0.3, sweep_seconds=0.05)
    # Else it would be read from so slowly that the kernel keeps the answers.
    database18.query("update wedsync_data.settings set value = '1000000' where name = 'messages_per_second'")
    async with running_node(database18, limits=limits) as node:
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port, limit=100)
        writer.write(
            f"GET {PATH}?apikey={KEY} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readline()
        ping = b"\x89\xfd\0\0\0\0" + b"x" * 125

        async def keep_pinging() -> None:
            while True:
                writer.write(ping * 500)
                await writer.drain()

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(keep_pinging(), 30)
        assert node.snapshot()['closed_total{reason="slow"}'] == 1


@pytest.mark.slow
async def test_a_client_that_does_not_read_is_closed_and_others_are_unharmed(database18: Database) -> None:
    wedding = Wedding.new(database18)
    limits = Limits(buffer_bytes=20_000, close_seconds=0.5, sweep_seconds=0.05)
    async with running_node(database18, limits=limits) as node, open_socket(node.port, wedding.token) as reading:
        await reading.join(wedding.topic)
        async with connect(
            f"ws://127.0.0.1:{node.port}{PATH}?apikey={wedding.token}&vsn=2.0.0", ping_interval=None, max_queue=1
        ) as stalled:
            await stalled.send(json.dumps(["1", "1", f"realtime:{wedding.topic}", "phx_join", {}]))
            await subscriptions_become(database18, 2)
            stalled.transport.pause_reading()
            count, deadline = 0, time.monotonic() + 60
            while len(node.gateway.connections) > 1:
                assert time.monotonic() < deadline, "the stalled client was kept"
                await asyncio.to_thread(write_much, wedding, 50)
                count += 50
            assert node.snapshot()['closed_total{reason="slow"}'] == 1
        heard = [message for message in await reading.drained() if message.event == "broadcast"]
        assert len(heard) == count
