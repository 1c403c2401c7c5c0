"""Who hears what: projected to rights, at once when they change."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from harness.database import Database
from harness.sockets import open_socket
from harness.weddings import Wedding
from harness.worker import running_node

pytestmark = pytest.mark.usefixtures("each_bus")


@pytest.mark.proves("F000-54", "F001-20")
async def test_a_supplier_hears_only_what_it_may_read(database: Database) -> None:
    wedding = Wedding.new(database)
    caterer, florist = wedding.supplier("wedding.guestCount"), wedding.supplier("wedding.date")
    async with (
        running_node(database) as node,
        open_socket(node.port, wedding.token) as couple,
        open_socket(node.port, caterer.token) as guests,
        open_socket(node.port, florist.token) as dates,
    ):
        for socket in (couple, guests, dates):
            await socket.join(wedding.topic, postgres_changes=[wedding.binding])
        wedding.update({"wedding.guestCount.adults": 120, "budget.total": 31234, "private.notes": "hush"})
        for socket in (couple, guests):
            broadcast = json.dumps((await socket.hear("broadcast")).payload)
            change = (await socket.hear("postgres_changes")).payload["data"]
            may_see_all = socket is couple
            assert "120" in broadcast
            assert change["record"]["guest_count"]["adults"] == 120
            for secret in ("31234", "hush"):
                assert (secret in broadcast) is may_see_all
                assert (secret in json.dumps(change)) is may_see_all
        heard = [message for message in await dates.drained() if message.event in ("broadcast", "postgres_changes")]
        assert heard == []


@pytest.mark.proves("F004-01", "F004-03")
async def test_a_room_is_a_wedding_and_each_in_it_hears_its_own_part(database18: Database) -> None:
    here, there = Wedding.new(database18), Wedding.new(database18)
    caterer, florist = here.supplier("guest_numbers"), here.supplier("ceremony")
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running_node(database18))
        people = {"emma": (here, here.token), "caterer": (here, caterer.token), "florist": (here, florist.token)}
        sockets = {}
        for name, (wedding, key) in {**people, "elsewhere": (there, there.token)}.items():
            sockets[name] = await stack.enter_async_context(open_socket(node.port, key))
            await sockets[name].join(f"wedding:{wedding.id}")
        here.update(
            {"wedding.guestCount.adults": 101, "wedding.ceremonyVenue.name": "St Paul's", "budget.total": 31234}
        )
        chat = {"type": "broadcast", "event": "moved", "payload": {"seat": 7}}
        await sockets["caterer"].send(f"realtime:wedding:{here.id}", "broadcast", chat)
        heard: dict[str, list[object]] = {}
        for name in ("emma", "caterer", "florist"):
            messages = [(await sockets[name].hear("broadcast")).payload for _ in range(1 if name == "caterer" else 2)]
            heard[name] = [each["payload"].get("data", each["payload"]) for each in messages]
        adults, venue = {"wedding.guestCount.adults": 101}, {"wedding.ceremonyVenue.name": "St Paul's"}
        total = {"wedding.guestCount.total": 101}
        assert {"seat": 7} in heard["emma"]
        assert {**adults, **total, **venue, "budget.total": 31234} in heard["emma"]
        assert heard["caterer"] == [{**adults, **total}]
        assert {"seat": 7} in heard["florist"]
        assert venue in heard["florist"]
        assert [each.event for each in await sockets["elsewhere"].drained()] == []


@pytest.mark.proves("F000-54", "F002-10")
async def test_a_revocation_takes_effect_with_its_commit(database: Database) -> None:
    wedding = Wedding.new(database)
    caterer = wedding.supplier("wedding.guestCount")
    async with running_node(database) as node, open_socket(node.port, caterer.token) as socket:
        await socket.join(wedding.topic)
        wedding.adults(101)
        await socket.hear("broadcast")
        wedding.revoke(caterer)
        wedding.adults(102)
        told = await socket.hear("system")
        assert told.payload["status"] == "error"
        assert told.payload["message"]
        assert (await socket.hear("phx_close")).ref == wedding.topic
        assert "broadcast" not in [message.event for message in await socket.drained()]
        reply = await socket.try_join(wedding.topic)
        assert reply["response"]["reason"].startswith("Unauthorized: ")
        wedding.grant(caterer, "wedding.guestCount")
        await socket.join(wedding.topic)
        wedding.adults(103)
        await socket.hear("broadcast")


@pytest.mark.proves("F000-54")
async def test_who_loses_or_gains_a_part_is_told_to_read_again(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount", "wedding.date")
    async with running_node(database18) as node, open_socket(node.port, caterer.token) as socket:
        await socket.join(wedding.topic)
        parts = "{wedding.guestCount}"
        wedding.emma.call("select wedsync.revoke_access(%s, %s, %s::text[])", wedding.id, caterer.id, parts)
        lost = (await socket.hear("system")).payload
        assert (lost["extension"], lost["status"]) == ("wedsync", "ok")
        assert lost["message"] == "rights changed: read a fresh snapshot"
        wedding.grant(caterer, "wedding.guestCount", "wedding.date")
        assert (await socket.hear("system")).payload["message"] == "rights changed: read a fresh snapshot"
        # and nobody is told of what changes nothing for the channel
        writing = "select wedsync.grant_access(%s, %s, '{wedding.guestCount,wedding.date}', '{wedding.date}')"
        wedding.emma.call(writing, wedding.id, caterer.id)
        wedding.adults(102)
        await socket.hear("broadcast")
        assert "system" not in [message.event for message in await socket.drained()]


@pytest.mark.proves("F000-54", "F000-86")
@pytest.mark.slow
async def test_among_writes_nothing_committed_after_a_revocation_is_heard(database18: Database) -> None:
    wedding = Wedding.new(database18)
    caterer = wedding.supplier("wedding.guestCount")
    async with running_node(database18) as node, open_socket(node.port, caterer.token) as socket:
        for round_number in range(5):
            await socket.join(wedding.topic)
            before, after = 1000 + round_number * 100, 1050 + round_number * 100

            def writing(first: int = before, then: int = after) -> None:
                for number in range(first, first + 10):
                    wedding.adults(number)
                wedding.revoke(caterer)
                for number in range(then, then + 10):
                    wedding.adults(number)

            await asyncio.to_thread(writing)
            await socket.hear("phx_close")
            messages = [
                message.payload["payload"] for message in await socket.drained() if message.event == "broadcast"
            ]
            heard = [message["data"]["wedding.guestCount.adults"] for message in messages]
            assert heard == list(range(before, before + len(heard)))
            assert 1 <= len(heard) <= 10
            wedding.grant(caterer, "wedding.guestCount")


@pytest.mark.proves("F000-54")
async def test_an_open_channel_hears_more_once_more_is_granted(database18: Database) -> None:
    wedding = Wedding.new(database18)
    florist = wedding.supplier("wedding.date")
    async with (
        running_node(database18) as node,
        open_socket(node.port, florist.token) as socket,
        open_socket(node.port, wedding.token) as couple,
    ):
        await socket.join(wedding.topic)
        await couple.join(wedding.topic)
        # What is read together with the grant is shown with the new rights; so let this be read before.
        wedding.adults(101)
        await couple.hear("broadcast")
        wedding.grant(florist, "wedding.date", "wedding.guestCount")
        wedding.adults(102)
        while "102" not in (heard := json.dumps((await socket.hear("broadcast")).payload)):
            assert "101" not in heard
