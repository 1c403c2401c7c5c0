"""Peers that send too much, read slowly, or ask for what takes too long: others are unharmed, and they get what is theirs."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import pairwise

import pytest
from harness.database import Database
from harness.sockets import PATH, open_socket, until
from harness.stock import StockClient, living
from harness.stream import last_position
from harness.weddings import Wedding
from harness.worker import running_node
from websockets.frames import Frame, Opcode

from wedsync.server.host import Limits
from wedsync.server.inflow import FRAMES_PER_MESSAGE


@pytest.mark.proves("F004-98")
async def test_who_sends_without_pause_is_read_from_slowly_and_loses_nothing(database18: Database) -> None:
    wedding = Wedding.new(database18)
    rate, sent = 20, 1800
    database18.query("update wedsync_data.settings set value = to_jsonb(%s) where name = 'messages_per_second'", rate)
    heartbeat = json.dumps([None, "1", "phoenix", "heartbeat", {}])
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as flood,
        open_socket(node.port, wedding.token) as other,
    ):
        await other.join(wedding.topic)
        began, before = time.monotonic(), node.snapshot()["messages_received_total"]
        flood.connection.transport.write(
            b"".join(Frame(Opcode.TEXT, heartbeat.encode()).serialize(mask=True, extensions=()) for _ in range(sent))
        )
        wedding.adults(77)
        await other.hear("broadcast")
        received = 0.0
        while received < sent:
            due = (time.monotonic() - began + 10) * rate * FRAMES_PER_MESSAGE
            received = node.snapshot()["messages_received_total"] - before
            slice_more = 16_384 / len(heartbeat)
            assert received <= due + slice_more + 1, "it was read faster than it may send"
            await asyncio.sleep(0.05)
        await until(lambda: sum(each.event == "phx_reply" for each in flood.inbox) == sent, 20)


@pytest.mark.proves("F002-36")
@pytest.mark.slow
async def test_a_slow_line_gets_a_large_backlog(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic, size, per_second = f"wedding:{wedding.id}", 3_000_000, 1_200_000
    limits = Limits(stall_seconds=1.5, buffer_bytes=200_000)
    async with running_node(database18, limits=limits) as node:
        async with open_socket(node.port, wedding.token, path=f"{PATH}?session=slow") as socket:
            await socket.join(topic)
            socket.connection.transport.abort()
        await until(lambda: database18.value("select count(*) from wedsync_data.subscriptions where active") == 0)
        for number in range(3):
            wedding.emma.call(
                "select wedsync.broadcast(%s, 'picture', jsonb_build_object('n', %s::int, 'd', repeat('x', %s)))",
                topic, number, size,
            )  # fmt: skip
        client = StockClient(node.port, topic, wedding.token, "slow", receive_bytes=65_536)
        reader, writer = await asyncio.open_connection(sock=await client.connected(), limit=65_536)
        query = client.address.partition(client.address.split("?")[0])[2]
        writer.write(
            f"GET {PATH}{query} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert b"101" in await reader.readline()
        join = json.dumps(["1", "1", f"realtime:{topic}", "phx_join", {}]).encode()
        writer.write(Frame(Opcode.TEXT, join).serialize(mask=True, extensions=()))
        got, heard = 0, b""
        async with asyncio.timeout(120):
            while got < 3 * size:
                part = await reader.read(per_second // 10)
                assert part, "the line was cut"
                got += len(part)
                heard += part.replace(b"x", b"")
                await asyncio.sleep(len(part) / per_second)
        assert [heard.index(b'"n": %d' % number) for number in range(3)] == sorted(
            heard.index(b'"n": %d' % number) for number in range(3)
        )
        writer.close()


async def test_what_takes_too_long_for_one_does_not_keep_the_others_waiting(
    database18: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = Wedding.new(database18), Wedding.new(database18)
    known = database18.value("select 'wedsync_internal.broadcast_frame'::regproc::regprocedure::text")
    arguments = database18.value("select pg_get_function_arguments('wedsync_internal.broadcast_frame'::regproc)")
    database18.query(f"alter function {known} rename to frames_in_time")
    database18.query(
        f"""create function wedsync_internal.broadcast_frame({arguments}) returns text
        language plpgsql as $$
        begin
            if event.couple_id = '{slow.id}' then
                perform pg_sleep(4);
            end if;
            return wedsync_internal.frames_in_time(event, visible, is_replay);
        end $$"""
    )
    monkeypatch.setattr("wedsync.database.connections.COMMAND_SECONDS", 1.0)
    async with running_node(database18) as node:
        unlucky, clients = (
            StockClient(node.port, slow.topic, slow.token, "slow"),
            [StockClient(node.port, quick.topic, quick.token, f"tab {number}") for number in range(2)],
        )
        async with living(unlucky, *clients):
            for number in range(3):
                slow.adults(50 + number)
                quick.adults(60 + number)
            seq = last_position(quick)
            place = [(str(quick.id), number) for number in range(seq - 2, seq + 1)]
            await until(lambda: all(client.news == place for client in clients), 60)
            assert node.relay.reconnects >= 2
        assert all(a < b for client in clients for a, b in pairwise(client.news))
