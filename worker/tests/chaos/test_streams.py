"""Streams that are disturbed while people listen: stalls, new tokens, lost rights, lost sessions, long transactions."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter

import pytest
from harness.accidents import kill_sessions
from harness.database import Database
from harness.sockets import until
from harness.stock import StockClient, living, until_heard
from harness.stream import Stream, last_position, write_much, writing
from harness.tokens import token
from harness.weddings import Supplier
from harness.worker import confirmed_past, running_node

from wedsync.protocol.close_codes import CloseCode
from wedsync.server.host import Limits

pytestmark = [pytest.mark.usefixtures("each_bus"), pytest.mark.slow]
QUICK = Limits(ping_seconds=0.8, sweep_seconds=0.1)


@pytest.mark.proves("F002-36")
async def test_a_stalled_client_is_closed_with_its_own_code_and_goes_on(database18: Database) -> None:
    stream = Stream.new(database18)
    # The second stall falls into the catching up after the first, where `stall_seconds` counts.
    limits = Limits(ping_seconds=0.8, sweep_seconds=0.1, buffer_bytes=100_000, stall_seconds=2.0, close_seconds=0.5)
    async with running_node(database18, limits=limits) as node:
        stalled, reading = stream.couple(node.port, "stalled"), stream.couple(node.port, "reading")
        stalled.receive_bytes = 65_536
        async with living(stalled, reading):
            for turn in range(2):
                stalled.reading.clear()
                async with asyncio.timeout(30):
                    while node.snapshot().get('closed_total{reason="slow"}') != turn + 1:
                        await asyncio.to_thread(write_much, stream.wedding, 50)
                stalled.reading.set()
                await until(lambda joins=turn + 2: stalled.joins == joins, 20)  # type: ignore[misc]
            await until_heard([stalled, reading], stream.expected)
        assert reading.joins == 1
        assert node.snapshot()['closed_total{reason="slow"}'] == 2


@pytest.mark.proves("F000-94")
async def test_tokens_are_refreshed_or_run_out_mid_stream(database18: Database) -> None:
    stream = Stream.new(database18)
    emma = stream.wedding.emma.id
    async with running_node(database18, limits=QUICK) as node:
        fresh = [StockClient(node.port, stream.wedding.topic, token(emma, lifetime=60), f"fresh {n}") for n in range(3)]
        late = [StockClient(node.port, stream.wedding.topic, token(emma, lifetime=3), f"late {n}") for n in range(3)]

        async def renew() -> None:
            while True:
                for client in late:
                    # Too late for the socket's channel, in time for the next join.
                    client.token = token(emma, lifetime=3)
                await asyncio.sleep(0.1)

        renewing = asyncio.create_task(renew())
        async with living(*fresh, *late):
            with writing(stream.wedding):
                for turn in range(40):
                    await asyncio.sleep(0.1)
                    for client in fresh:
                        await client.refresh(token(emma, lifetime=100 + turn))
                await until(lambda: all(client.joins > 1 for client in late))
            await until_heard([*fresh, *late], stream.expected)
        renewing.cancel()
        assert all(client.joins == 1 for client in fresh)
        assert all("InvalidJWTToken: the token has expired" in client.systems for client in late)


async def revoke_once_heard(stream: Stream, supplier: Supplier, client: StockClient) -> list[tuple[str, int]]:
    """Revoke while others wait to write, as soon as the client has heard all there is; returns that.

    A change that the worker reads together with the revocation is withheld, though it was made before.
    """
    wedding = stream.wedding
    with wedding.emma.database.connect() as connection, connection.transaction():
        lock = "select from wedsync_data.wedding_clocks where couple_id = %s for update"
        await asyncio.to_thread(connection.execute, lock, (wedding.id,))
        before = stream.expected()
        await until(lambda: len(client.news) >= len(before))
        claims = json.dumps({"sub": str(wedding.emma.id), "role": "authenticated"})
        connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        connection.execute("set local role authenticated")
        connection.execute("select wedsync.revoke_access(%s, %s)", (wedding.id, supplier.id))
    return before


@pytest.mark.proves("F002-10")
async def test_who_loses_the_right_hears_everything_before_and_nothing_after(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_node(database18, limits=QUICK) as node:
        couple = stream.couple(node.port, "couple")
        suppliers, clients = stream.suppliers(node.port, 4, sessions=True)
        stream = stream.from_now_on()
        async with living(couple, *clients):
            heard = []
            with writing(stream.wedding):
                for supplier, client in zip(suppliers[:3], clients[:3], strict=True):
                    await asyncio.sleep(0.5)
                    heard.append(await revoke_once_heard(stream, supplier, client))
                await asyncio.sleep(0.5)
            await until_heard([couple, clients[3]], stream.expected)
            for client, before in zip(clients[:3], heard, strict=True):
                await until(lambda client=client: client.removed)  # type: ignore[misc]
                assert client.news == before


@pytest.mark.proves("F002-10")
async def test_a_client_that_comes_back_without_its_right_hears_nothing_more(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_node(database18, limits=QUICK) as node:
        (supplier,), (client,) = stream.suppliers(node.port, 1, sessions=True)
        stream = stream.from_now_on()
        async with living(client):
            stream.wedding.adults(10)
            await until(lambda: len(client.news) == 1)
            assert client.connection is not None
            client.connection.transport.abort()
            stream.wedding.adults(11)
            stream.wedding.revoke(supplier)
            await until(lambda: bool(client.refusals), 20)
            stream.wedding.adults(12)
            await asyncio.sleep(1)
        assert client.refusals[0].startswith("Unauthorized: ")
        assert [seq for _, seq in client.news] == [seq for _, seq in stream.expected()][:1]


@pytest.mark.proves("F000-81", "F000-86", "F002-36")
async def test_twenty_writers_with_long_transactions_and_everything_shakes(database18: Database) -> None:
    streams = [Stream.new(database18) for _ in range(2)]
    dice = random.Random(1)
    async with running_node(database18, limits=QUICK) as one, running_node(database18, limits=QUICK) as two:
        groups: list[list[StockClient]] = []
        for stream in streams:
            clients = []
            for number, node in enumerate((one, two, one, two)):
                clients.append(stream.couple(node.port, f"tab {number}"))
            _, suppliers = stream.suppliers(one.port, 2, sessions=False)
            groups.append([*clients, *suppliers])
        streams = [stream.from_now_on() for stream in streams]
        everybody = [client for group in groups for client in group]
        async with living(*everybody):
            with writing(*(stream.wedding for stream in streams), writers=20, pause=0.05, longest=0.8):
                for _ in range(30):
                    await asyncio.sleep(0.2)
                    victim = dice.choice(everybody)
                    if victim.session and victim.connection is not None:
                        # It may come back to the other node.
                        victim.port = dice.choice((one.port, two.port))
                        victim.connection.transport.abort()
                    if dice.random() < 0.3:
                        sessions = dice.choice(("wedsync relay", "wedsync doorbell", "wedsync joins"))
                        await asyncio.to_thread(kill_sessions, database18, sessions)
            for group, stream in zip(groups, streams, strict=True):
                await until_heard(group, stream.expected)
        assert sum(client.joins for client in everybody) > len(everybody)


@pytest.mark.proves("F000-70")
async def test_a_lost_doorbell_delays_nobody_for_long(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_node(database18, limits=QUICK) as node:
        clients = [stream.couple(node.port), stream.couple(node.port, "tab")]
        async with living(*clients):
            for number in range(5):
                await asyncio.to_thread(kill_sessions, database18, "wedsync doorbell")
                stream.wedding.adults(100 + number)
                seq = last_position(stream.wedding)
                for client in clients:
                    await until(lambda client=client, seq=seq: (str(stream.wedding.id), seq) in client.news, 3)  # type: ignore[misc]
            await until_heard(clients, stream.expected)
        assert all(client.joins == 1 for client in clients)
        assert node.listener.reconnects >= 1


@pytest.mark.proves("F002-36")
async def test_an_orderly_end_repeats_little_and_loses_nothing(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_node(database18, limits=QUICK) as first:
        clients = [stream.couple(first.port, f"tab {n}") for n in range(20)]
        async with living(*clients):
            async with running_node(database18, limits=QUICK) as second:
                with writing(stream.wedding):
                    await asyncio.sleep(2)
                    known = last_position(stream.wedding)
                    place = str(stream.wedding.id), known
                    await until(lambda: all(place in client.events for client in clients))
                    mark = first.relay.checkpoints.number
                    await until(lambda: all(confirmed_past(each, mark) for each in first.gateway.connections))
                    for client in clients:
                        client.port = second.port
                    ending = asyncio.create_task(first.gateway.drain(5))
                    await asyncio.sleep(0.1)
                    assert not first.ready()
                    await ending
                    await asyncio.sleep(1.5)
                await until_heard(clients, stream.expected)
            for client in clients:
                assert client.closes[0] == CloseCode.RESTART
                again = [seq for (_, seq), number in Counter(client.events).items() if number > 1]
                assert min(again, default=known + 1) > known, "what was confirmed long ago came again"


@pytest.mark.proves("F002-36")
async def test_a_worker_that_was_away_for_too_long_lets_its_clients_go_on_anew(database18: Database) -> None:
    stream = Stream.new(database18)
    async with running_node(database18, limits=QUICK) as node:
        clients = [stream.couple(node.port), stream.couple(node.port, "tab")]
        async with living(*clients):
            with writing(stream.wedding):
                await asyncio.sleep(2.5)
                # As if the network had kept it away; by now others may have closed its subscriptions.
                database18.query("update wedsync_data.relay_nodes set lease_until = now() - interval '5 minutes'")
                database18.query("select wedsync_internal.run_job('cleanup_subscriptions')")
                await until(lambda: all(client.joins == 2 for client in clients), 20)
                await asyncio.sleep(0.5)
            await until_heard(clients, stream.expected)
        assert all(client.closes[0] == CloseCode.RESTART for client in clients)
