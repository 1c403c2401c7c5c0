"""Who is present: tracked by clients, told to the others exactly, within one process and between processes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from harness.database import Database, Person
from harness.sockets import Socket, open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.node import Node
from wedsync.services.bus_reader import KEPT_SECONDS


@asynccontextmanager
async def two_nodes(database: Database, bus: str) -> AsyncIterator[tuple[Node, Node]]:
    async with running_node(database, bus=bus) as one, running_node(database, bus=bus) as two:
        if bus != "postgres":
            await asyncio.sleep(0.3)
        yield one, two


async def track(socket: Socket, topic: str, meta: object, event: str = "track") -> dict[str, Any]:
    payload = {"type": "presence", "event": event, "payload": meta}
    return await socket.reply(await socket.send(f"realtime:{topic}", "presence", payload))


async def enter(socket: Socket, topic: str, key: str | None = None, **config: object) -> dict[str, Any]:
    """Join with presence and return the state."""
    await socket.join(topic, presence={"enabled": True, **({"key": key} if key else {})}, **config)
    return (await socket.hear("presence_state")).payload


async def diff(socket: Socket) -> tuple[dict[str, Any], dict[str, Any]]:
    """The next diff: joins and leaves, each the metas by key."""
    payload = (await socket.hear("presence_diff")).payload
    return tuple({key: entry["metas"] for key, entry in payload[side].items()} for side in ("joins", "leaves"))  # type: ignore[return-value]


def metas(state: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        key: [{name: value for name, value in meta.items() if not name.startswith("phx")} for meta in entry["metas"]]
        for key, entry in state.items()
    }


@pytest.mark.proves("F000-71", "F000-72", "F004-23", "F004-27")
async def test_tracking_updating_and_leaving_are_told_exactly(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as emma,
        open_socket(node.port, wedding.token, version="1.0.0") as james,
    ):
        assert await enter(emma, topic, "emma") == {}
        assert await enter(james, topic, "james") == {}
        assert (await track(emma, topic, {"page": "seating"}))["status"] == "ok"
        for socket in (emma, james):
            joins, leaves = await diff(socket)
            assert leaves == {}
            assert metas({"emma": {"metas": joins["emma"]}}) == {"emma": [{"page": "seating"}]}
        first = joins["emma"][0]["phx_ref"]
        # The same once more is no change.
        await track(emma, topic, {"page": "seating"})
        await track(emma, topic, {"page": "budget"})
        joins, leaves = await diff(james)
        (new,), (old,) = joins["emma"], leaves["emma"]
        assert (new["page"], new["phx_ref_prev"], old["phx_ref"]) == ("budget", first, first)
        assert new["phx_ref"] != first
        async with open_socket(node.port, wedding.token) as late:
            state = await enter(late, topic)
            assert metas(state) == {"emma": [{"page": "budget"}]}
            assert state["emma"]["metas"][0]["phx_ref"] == new["phx_ref"]
        await track(emma, topic, None, "UNTRACK")
        joins, leaves = await diff(james)
        assert (joins, leaves["emma"][0]["phx_ref"]) == ({}, new["phx_ref"])
        assert "presence_diff" not in [heard.event for heard in await james.drained()]
        await node.books.write_activity()
    counted = "select sum(count) from wedsync_data.realtime_activity where topic = %s and event_type = %s"
    # Three diffs, and three broadcasts of the same, on two sockets.
    assert [database18.value(counted, topic, kind) for kind in ("presence", "broadcast")] == [6, 6]


async def test_several_devices_have_one_key_and_leave_one_by_one(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as phone:
        await enter(phone, topic, "emma")
        await track(phone, topic, {"device": "phone"})
        await diff(phone)
        async with open_socket(node.port, wedding.token) as desktop:
            await enter(desktop, topic, "emma")
            await track(desktop, topic, {"device": "desktop"})
            await diff(phone)
            async with open_socket(node.port, wedding.token) as late:
                found = metas(await enter(late, topic))["emma"]
                assert sorted(meta["device"] for meta in found) == ["desktop", "phone"]
            desktop.connection.transport.abort()
            joins, leaves = await diff(phone)
            assert (joins, metas({"emma": {"metas": leaves["emma"]}})) == ({}, {"emma": [{"device": "desktop"}]})


async def test_a_channel_joined_without_presence_gets_it_by_tracking(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(topic)
        assert (await track(socket, topic, {"page": "seating"}))["status"] == "ok"
        await socket.hear("presence_state")
        joins, _ = await diff(socket)
        (key,) = joins
        assert len(key) == 36


async def test_what_cannot_be_tracked_is_refused_with_a_reason_and_the_channel_stays(database18: Database) -> None:
    wedding = Wedding.new(database18)
    supplier = wedding.supplier("wedding.guestCount")
    topic = f"presence_{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as socket,
        open_socket(node.port, supplier.token) as staff,
    ):
        await enter(socket, topic, "ids")
        for meta, event in (({}, "track"), ([], "track"), (None, "track"), ({}, "surprise")):
            reply = await track(socket, topic, meta, event)
            assert reply["status"] == "error"
            assert reply["response"]["reason"].startswith("PresenceRefused: ")
        await enter(socket, topic, "emma")
        socket.inbox.clear()
        reply = await track(socket, topic, {"x": "y" * 5000})
        assert reply["response"]["reason"] == "PresenceRefused: Track message size exceeded"
        assert (await track(socket, topic, {}))["status"] == "ok"
        assert await enter(staff, "form-responses") == {}
        reply = await track(staff, "form-responses", {})
        assert reply["response"]["reason"].startswith("PresenceNotAvailable: ")


async def test_a_refreshed_token_keeps_people_present(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as emma,
        open_socket(node.port, wedding.token) as other,
    ):
        await enter(emma, topic, "emma")
        await enter(other, topic, "james")
        await track(emma, topic, {"page": "seating"})
        await diff(other)
        await other.drained()
        for number in range(3):
            await refresh(emma, topic, token(wedding.emma.id, lifetime=3700 + number), node)
        database18.query("select wedsync_internal.sweep_presence()")
        await asyncio.sleep(0.2)
        assert [heard.event for heard in await other.drained() if heard.event != "presence_state"] == []
        await emma.drained()
        await track(emma, topic, {"page": "budget"})
        joins, leaves = await diff(emma)
        assert (len(joins["emma"]), len(leaves["emma"])) == (1, 1)


async def refresh(socket: Socket, topic: str, fresh: str, node: Node) -> None:
    """Give the channel a fresh token, and wait until it has taken effect."""
    before = node.snapshot().get("refreshes_total", 0)
    await socket.send(f"realtime:{topic}", "access_token", {"access_token": fresh}, join_ref=topic)
    await until(lambda: node.snapshot().get("refreshes_total", 0) > before)


@pytest.mark.proves("F004-26", "F004-32")
async def test_a_refreshed_token_makes_nobody_active(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    idle = "select last_activity < now() - interval '9 minutes' from wedsync_data.presence_entries where key = 'emma'"
    status = "select status from wedsync_data.presence_entries where key = 'emma'"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as emma,
        open_socket(node.port, wedding.token) as other,
    ):
        await enter(emma, topic, "emma")
        await enter(other, topic, "other")
        await track(emma, topic, {"status": "online"})
        database18.query("update wedsync_data.presence_entries set last_activity = now() - interval '11 minutes'")
        await refresh(emma, topic, token(wedding.emma.id, lifetime=3700), node)
        # Changes of a process are done in order: with this one, all of the refresh is.
        await track(other, topic, {"n": 1})
        assert [database18.value(idle), database18.value(status)] == [True, "online"]
        found = wedding.emma.call("select wedsync.detect_idle(%s, '10 minutes')", wedding.id)
        assert (found, database18.value(status)) == (wedding.emma.id, "away")
        await refresh(emma, topic, token(wedding.emma.id, lifetime=3800), node)
        await track(other, topic, {"n": 2})
        assert [database18.value(idle), database18.value(status)] == [True, "away"]
        await track(emma, topic, {"status": "online"})
        assert [database18.value(idle), database18.value(status)] == [False, "online"]


async def test_with_the_token_of_another_person_that_person_is_present(database18: Database) -> None:
    wedding, james = Wedding.new(database18), Person.new(database18)
    wedding.admit(james, "partner")
    topic = f"presence_{wedding.id}"
    shown = "select array_agg(user_id::text || ' ' || status) from wedsync.user_presence"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await enter(socket, topic, "tablet")
        await track(socket, topic, {"status": "online"})
        await refresh(socket, topic, token(james.id), node)
        await until(lambda: bool(wedding.emma.call(shown) == [f"{james.id} online"]))
        await track(socket, topic, {"status": "busy"})
        assert wedding.emma.call(shown) == [f"{james.id} busy"]


async def test_an_id_in_capitals_is_the_same_people(database18: Database) -> None:
    wedding = Wedding.new(database18)
    small, capital = f"presence_{wedding.id}", f"presence_{str(wedding.id).upper()}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as web,
        open_socket(node.port, wedding.token) as phone,
    ):
        await enter(web, small, "web")
        await enter(phone, capital, "phone")
        for socket, spelled, key in ((web, small, "web"), (phone, capital, "phone")):
            await track(socket, spelled, {"page": key})
            for hearing, own in ((web, small), (phone, capital)):
                told = await hearing.hear("presence_diff")
                assert (told.topic, list(told.payload["joins"])) == (f"realtime:{own}", [key])


async def test_private_and_public_people_of_one_free_topic_do_not_see_each_other(database18: Database) -> None:
    database18.query("insert into wedsync_data.free_topics (pattern, description) values ('^topic:', 'for tests')")
    wedding, topic = Wedding.new(database18), "topic:a"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as private,
        open_socket(node.port, wedding.token) as public,
    ):
        await enter(private, topic, "in private", private=True)
        await enter(public, topic, "in public")
        await track(private, topic, {"secret": 1})
        assert list((await diff(private))[0]) == ["in private"]
        await track(public, topic, {"n": 1})
        # Changes of a process are told in order: what had been told to it would have come before.
        assert list((await diff(public))[0]) == ["in public"]
        assert "presence_diff" not in [heard.event for heard in await private.drained()]
        async with open_socket(node.port, wedding.token) as late:
            assert list(await enter(late, topic, private=True)) == ["in private"]
        await refresh(private, topic, token(wedding.emma.id, lifetime=3700), node)
        await track(private, topic, {"secret": 2})
        assert list((await diff(private))[1]) == ["in private"]


@pytest.mark.proves("F000-72")
async def test_the_people_of_a_wedding_are_told_who_looks_at_it(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as emma,
        open_socket(node.port, wedding.token) as core,
    ):
        await emma.join(topic, presence={"key": "emma"})
        await core.join(wedding.topic)
        for meta, event, kind in (
            ({"page": "a"}, "track", "user_joined"),
            ({"page": "b"}, "track", "presence_update"),
            (None, "untrack", "user_left"),
        ):
            await track(emma, topic, meta, event)
            for socket in (emma, core):
                message = (await socket.hear("broadcast")).payload
                assert message["event"] == kind
                payload = message["payload"]
                assert (payload["type"], payload["key"], payload["couple_id"]) == (kind, "emma", str(wedding.id))
                assert payload["user_id"] == str(wedding.emma.id)
                assert payload["data"] == (meta or {"page": "b"})
                assert payload["timestamp"].endswith("Z")


async def test_nobody_joins_under_the_key_of_somebody_else(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    florist = wedding.supplier("wedding.date")
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as emma,
        open_socket(node.port, florist.token) as other,
    ):
        await enter(emma, topic, "emma")
        await track(emma, topic, {"page": "a"})
        for key in ("emma", str(wedding.emma.id)):
            await enter(other, topic, key)
            refused = await track(other, topic, {"page": "b"})
            assert (
                refused["response"]["reason"]
                == "PresenceRefused: the presence key is used by another person: choose another"
            )
        await enter(other, topic, "florist")
        assert (await track(other, topic, {"page": "b"}))["status"] == "ok"
        joined = [(await emma.hear("broadcast")).payload["payload"] for _ in range(2)]
        assert [(each["key"], each["user_id"]) for each in joined] == [
            ("emma", str(wedding.emma.id)), ("florist", str(florist.owner.id)),
        ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.proves("F000-71", "F004-27")
async def test_other_processes_see_the_same_people(database18: Database, bus: str) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        two_nodes(database18, bus) as (one, two),
        open_socket(one.port, wedding.token) as emma,
        open_socket(two.port, wedding.token) as james,
        open_socket(two.port, wedding.token) as core,
    ):
        await enter(emma, topic, "emma")
        await enter(james, topic, "james")
        await core.join(wedding.topic)
        await track(emma, topic, {"page": 0})
        joins, _ = await diff(james)
        assert list(joins) == ["emma"]
        assert (await core.hear("broadcast")).payload["event"] == "user_joined"
        await track(james, topic, {"page": 0})
        for number in range(1, 30):
            await track(emma if number % 2 else james, topic, {"page": number})
        shown: dict[str, dict[str, Any]] = {}
        told = 0
        while told < 31:
            # Several changes may come as one diff.
            joins, leaves = await diff(emma)
            for key, entries in joins.items():
                told += len(entries)
                shown.setdefault(key, {}).update({meta["phx_ref"]: meta["page"] for meta in entries})
            for key, entries in leaves.items():
                for meta in entries:
                    del shown[key][meta["phx_ref"]]
        assert {key: list(pages.values()) for key, pages in shown.items()} == {"emma": [29], "james": [28]}
        # Somebody who is not on a socket, and somebody who vanishes without a word.
        wedding.emma.call('select wedsync.touch_presence(%s, \'{"status": "busy"}\')', wedding.id)
        for socket in (emma, james):
            await until(lambda socket=socket: any("busy" in str(heard) for heard in socket.inbox))  # type: ignore[misc]
        james.inbox.clear()
        emma.connection.transport.abort()
        joins, leaves = await diff(james)
        assert (joins, list(leaves)) == ({}, ["emma"])


@pytest.mark.slow
@pytest.mark.proves("F004-23", "C-58")
async def test_people_of_a_process_that_died_are_gone_after_its_lease(
    database18: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        two_nodes(database18, "postgres") as (one, two),
        open_socket(one.port, wedding.token) as ghost,
        open_socket(two.port, wedding.token) as james,
    ):
        await enter(james, topic, "james")
        await enter(ghost, topic, "ghost")
        await track(ghost, topic, {})
        await diff(james)
        # As if it had been killed: no leave is sent, no lease renewed.
        monkeypatch.setattr(one.relay, "_touch_at", math.inf)
        database18.query("update wedsync_data.relay_nodes set lease_until = now() where node = %s", one.id)
        joins, leaves = await diff(james)
        assert (joins, list(leaves)) == ({}, ["ghost"])


@pytest.mark.slow
async def test_changes_that_the_bus_lost_are_found_again(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        two_nodes(database18, "postgres") as (one, two),
        open_socket(one.port, wedding.token) as emma,
        open_socket(two.port, wedding.token) as james,
    ):
        await enter(emma, topic, "emma")
        await enter(james, topic, "james")
        reader = two.transport.bus._reader
        hear, lost = reader._receive, list[Any]()
        reader._receive = lambda kind, items: lost.extend(items if kind == "presence" else ())
        await track(emma, topic, {"page": 1})
        await until(lambda: len(lost) == 1)
        reader._receive = hear
        await track(emma, topic, {"page": 2})
        joins, _ = await diff(james)
        assert joins["emma"][0]["page"] == 2
        assert metas((await james.hear("presence_state")).payload) == {"emma": [{"page": 2}]}
        # Who did not poll for longer than messages are kept asks by itself.
        reader._receive = lambda kind, items: lost.extend(items if kind == "presence" else ())
        await track(emma, topic, {"page": 3})
        await until(lambda: len(lost) == 2)
        reader._receive = hear
        reader._polled_at -= KEPT_SECONDS
        joins, leaves = await diff(james)
        assert (joins["emma"][0]["page"], leaves["emma"][0]["page"]) == (3, 2)


@pytest.mark.slow
async def test_a_process_that_ends_in_order_leaves_nobody_behind(database18: Database, bus: str) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        running_node(database18, bus=bus) as two,
        open_socket(two.port, wedding.token) as james,
        AsyncExitStack() as later,
    ):
        await enter(james, topic, "james")
        async with running_node(database18, bus=bus) as one:
            if bus != "postgres":
                await asyncio.sleep(0.3)
            emma = await later.enter_async_context(open_socket(one.port, wedding.token))
            await enter(emma, topic, "emma")
            await track(emma, topic, {})
            await diff(james)
        joins, leaves = await diff(james)
        assert (joins, list(leaves)) == ({}, ["emma"])
        assert database18.value("select count(*) from wedsync_data.presence_entries") == 0


@pytest.mark.parametrize(
    "meta",
    [
        '{"x": "\\u0000"}', '{"x": "\\ud800"}', '{"\\udfff": 1}', '{"x": [1e999]}', '{"x": -1e131071}',
        '{"a":' * 500 + "1" + "}" * 500,
    ],
)  # fmt: skip
async def test_a_meta_that_cannot_be_stored_fails_alone(database18: Database, meta: str) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as bad,
        open_socket(node.port, wedding.token) as good,
    ):
        for socket in (bad, good):
            await enter(socket, topic)
        text = f'[null, "77", "realtime:{topic}", "presence", {{"event": "track", "payload": {meta}}}]'
        await bad.connection.send(text)
        assert (await track(good, topic, {"page": "seating"}))["status"] == "ok"
        answer = await bad.reply("77")
        assert (answer["status"], answer["response"]["reason"].partition(":")[0]) == ("error", "PresenceRefused")
        joins, _ = await diff(bad)
        assert [meta["page"] for entry in joins.values() for meta in entry] == ["seating"]
        assert (await track(bad, topic, {"page": "budget"}))["status"] == "ok"


async def test_what_the_database_refuses_for_whatever_reason_fails_alone(
    database18: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wedsync.services.channels.json_problem", lambda _value: None)
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"
    async with running_node(database18) as node, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(open_socket(node.port, wedding.token)) for _ in range(6)]
        for number, socket in enumerate(sockets):
            await enter(socket, topic, str(number))
        # All of one batch.
        metas_sent = [{"n": number} if number % 3 else {"x": "\0"} for number in range(6)]
        refs = [
            await socket.send(f"realtime:{topic}", "presence", {"event": "track", "payload": meta})
            for socket, meta in zip(sockets, metas_sent, strict=True)
        ]
        answers = [await socket.reply(ref) for socket, ref in zip(sockets, refs, strict=True)]
        assert [answer["status"] for answer in answers] == ["error", "ok", "ok", "error", "ok", "ok"]
        async with open_socket(node.port, wedding.token) as late:
            assert sorted(metas(await enter(late, topic))) == ["1", "2", "4", "5"]
        # What was never stored is not brought back by a new token.
        await sockets[0].send(f"realtime:{topic}", "access_token", {"access_token": wedding.token})
        await until(lambda: node.snapshot().get("refreshes_total") == 1)
        assert (await track(sockets[1], topic, {"n": 11}))["status"] == "ok"
        async with open_socket(node.port, wedding.token) as late:
            assert sorted(metas(await enter(late, topic))) == ["1", "2", "4", "5"]


async def test_readiness_knows_when_presence_gets_nothing_done(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"presence_{wedding.id}"

    def waiting(node: Node) -> float:
        return node.snapshot()['waiting_seconds{part="presence"}']

    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await enter(socket, topic)
        assert waiting(node) == 0.0
        with database18.connect() as other:
            other.execute("begin")
            other.execute("lock table wedsync_data.presence_entries in access exclusive mode")
            ref = await socket.send(f"realtime:{topic}", "presence", {"event": "track", "payload": {"n": 1}})
            await until(lambda: waiting(node) > 0.1)
            other.execute("rollback")
        assert (await socket.reply(ref))["status"] == "ok"
        await until(lambda: waiting(node) == 0.0)
        # Nothing waits any more, but nothing has succeeded either: it is tried until it does.
        database18.query("alter function wedsync_internal.presence_apply(uuid, jsonb) rename to gone")
        assert (await track(socket, topic, {"n": 2}))["status"] == "error"
        await until(lambda: waiting(node) > 0.1)
        database18.query("alter function wedsync_internal.gone(uuid, jsonb) rename to presence_apply")
        await until(lambda: waiting(node) == 0.0)
        assert (await track(socket, topic, {"n": 3}))["status"] == "ok"
