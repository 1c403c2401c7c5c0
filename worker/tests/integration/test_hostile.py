"""Peers that send nonsense: nothing breaks, nobody else notices, memory stays bounded."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any
from uuid import uuid4

import pytest
import websockets
from harness.database import Database
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

EVENTS = ("phx_join", "phx_leave", "heartbeat", "access_token", "broadcast", "presence", "system", "phx_reply", "")
ODD = (
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    "\u0000",
    "\ud800",
    "realtime:",
    [],
    {},
    [[]],
    {"config": 5},
    {"access_token": 5},
)


def nonsense(dice: random.Random, topic: str) -> str | bytes:
    """A message that is wrong in some way, or right by chance."""
    kind = dice.randrange(4)
    if kind == 0:
        return dice.randbytes(dice.randrange(60))
    if kind == 1:
        sizes = [dice.randrange(12) for _ in range(5)]
        return bytes((3, *sizes, dice.randrange(3))) + dice.randbytes(dice.randrange(70))
    config = {name: dice.choice(ODD) for name in ("presence", "broadcast", "postgres_changes")}
    payload: Any = dice.choice((*ODD, {"config": config}))
    refs, topics = ("1", *ODD), (topic, "phoenix", *ODD)
    value = [dice.choice(refs), dice.choice(refs), dice.choice(topics), dice.choice(EVENTS), payload]
    if kind == 2:
        value[dice.randrange(5)] = dice.choice(ODD)
    return json.dumps(value)


@pytest.mark.proves("F004-61")
@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_nonsense_harms_nobody(database18: Database, version: str) -> None:
    wedding, dice = Wedding.new(database18), random.Random(version)
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as quiet:
        await quiet.join(wedding.topic)
        async with open_socket(node.port, token(uuid4()), version=version) as noisy:
            for _ in range(3000):
                await noisy.connection.send(nonsense(dice, f"realtime:{wedding.topic}"))
            await noisy.drained()
            # Objects to arrays and arrays to objects: each serializer drops the other's messages.
            assert node.snapshot()["messages_malformed_total"] > 100
        wedding.adults(101)
        await quiet.hear("broadcast")
        assert node.hub.subscriptions == 1
    assert faults == []


@pytest.mark.proves("F004-61")
async def test_bytes_that_are_no_frames_end_only_their_own_socket(database18: Database) -> None:
    wedding, dice = Wedding.new(database18), random.Random(7)
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as quiet:
        await quiet.join(wedding.topic)
        for _ in range(50):
            async with open_socket(node.port, wedding.token) as noisy:
                noisy.connection.transport.write(dice.randbytes(dice.randrange(2, 300)))
                noisy.connection.transport.write_eof()
                await noisy.closed()
        wedding.adults(101)
        await quiet.hear("broadcast")
    assert faults == []


@pytest.mark.proves("F004-61")
async def test_a_storm_of_joins_is_bounded_and_answered(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        refs = [await socket.send(f"realtime:nothing_{number}", "phx_join", {}) for number in range(300)]
        refs += [
            await socket.send(f"realtime:{wedding.topic}", "phx_join", {}, join_ref=f"{number}")
            for number in range(300)
        ]
        last = await socket.reply(refs[-1])
        assert last["status"] == "ok" or "RateLimitReached" in last["response"]["reason"]
        for ref in refs[:300]:
            assert (await socket.reply(ref))["status"] == "error"
        # The dust settles: whatever was joined and superseded was given back.
        await asyncio.sleep(0.3)
        assert node.hub.subscriptions <= 1
        with pytest.raises(websockets.InvalidStatus):
            async with open_socket(node.port, "x" * 100_000):
                pass


async def test_a_storm_of_tokens_is_taken_one_after_the_other(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"realtime:{wedding.topic}"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        for number in range(2000):
            fresh = token(wedding.emma.id, lifetime=3600 + number)
            await socket.send(topic, "access_token", {"access_token": fresh}, join_ref=wedding.topic)
        await socket.drained()
        last = token(wedding.emma.id, lifetime=30)
        await socket.send(topic, "access_token", {"access_token": last}, join_ref=wedding.topic)
        # The last one counts, whatever came before it.
        assert (await socket.hear("system")).payload["message"].startswith("Token expires in ")
        assert node.snapshot()["refreshes_total"] < 1000
        wedding.adults(101)
        await socket.hear("broadcast")
        await until(lambda: database18.value("select count(*) from wedsync_data.subscriptions where active") == 1, 2)
