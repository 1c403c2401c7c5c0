"""Coming back again and again: a refresh under way, rights that change meanwhile, joins that nobody waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from harness.database import Database
from harness.sockets import PATH, Heard, Socket, open_socket, until
from harness.tokens import token
from harness.weddings import Supplier, Wedding
from harness.worker import confirmed_past, running_node

from wedsync.database import calls
from wedsync.node import Node
from wedsync.server.host import Limits
from wedsync.services.missed import Missed

pytestmark = pytest.mark.usefixtures("each_bus")

RESYNC = "resync: read a fresh snapshot"
TOPIC = "core-fields"
_ACTIVE = "select count(*) from wedsync_data.subscriptions where active"


@asynccontextmanager
async def desk(node: Node, caterer: Supplier, topic: str = TOPIC, session: str = "desk") -> AsyncIterator[Socket]:
    """A joined socket of a supplier's owner, whose line breaks at the end."""
    async with open_socket(node.port, caterer.token, path=f"{PATH}?session={session}") as socket:
        await socket.join(topic)
        yield socket
        socket.connection.transport.abort()


def places(heard: list[Heard]) -> list[tuple[str, int]]:
    """Weddings and positions of the changes of core fields."""
    bodies = [
        message.payload["payload"]
        for message in heard
        if message.event == "broadcast" and message.payload["event"] == "core_fields_updated"
    ]
    return [(body["couple_id"], body["metadata"]["seq"]) for body in bodies]


def notices(heard: list[Heard]) -> list[str]:
    return [
        message.payload["message"]
        for message in heard
        if message.event == "system" and message.payload["extension"] == "wedsync"
    ]


def said(heard: list[Heard]) -> list[int]:
    return [
        each.payload["payload"]["n"] for each in heard if each.event == "broadcast" and each.payload["event"] == "said"
    ]


def change(*weddings: Wedding) -> list[tuple[str, int]]:
    """Change each; returns the places of the changes."""
    found = []
    for wedding in weddings:
        number: int = wedding.emma.database.value("select coalesce(max(seq), 0) from wedsync_data.events")
        wedding.adults(number + 1)
        seq = wedding.emma.database.value("select max(seq) from wedsync_data.events where couple_id = %s", wedding.id)
        found.append((str(wedding.id), seq))
    return found


async def gone(database: Database) -> None:
    await until(lambda: database.value(_ACTIVE) == 0)


async def called_safe(database: Database, node: Node) -> None:
    """Wait until the database calls safe what was committed by now: who is not behind the others has received it."""
    xid = database.value("select pg_current_xact_id()::text::bigint")
    safe = "select pg_snapshot_xmax(safe_position)::text::bigint from wedsync_data.relay_nodes where node = %s"
    await until(lambda: database.value(safe, node.id) > xid)


@pytest.fixture
def weddings(database18: Database) -> list[Wedding]:
    return [Wedding.new(database18) for _ in range(2)]


@pytest.fixture
def caterer(weddings: list[Wedding]) -> Supplier:
    """A supplier that may read the number of guests of all of them."""
    caterer = weddings[0].supplier("wedding.guestCount")
    for wedding in weddings[1:]:
        wedding.grant(caterer, "wedding.guestCount")
    return caterer


@pytest.mark.proves("F002-36")
async def test_several_losses_in_a_row_over_many_weddings_lose_nothing(
    database18: Database, weddings: list[Wedding], caterer: Supplier
) -> None:
    missed: list[tuple[str, int]] = []
    async with running_node(database18) as one, running_node(database18) as two:
        for node in (one, two, one, two):
            async with desk(node, caterer):
                pass
            await gone(database18)
            missed += change(*weddings)
        async with desk(one, caterer) as socket:
            await until(lambda: set(missed) <= set(places(socket.inbox)))
            assert places(socket.inbox) == missed
            assert notices(socket.inbox) == []


@pytest.mark.proves("F002-36")
async def test_a_line_that_breaks_while_a_new_token_is_checked_keeps_what_was_not_confirmed(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_node(database18) as node:
        async with desk(node, caterer):
            pass
        await gone(database18)
        missed = change(*weddings)
        entered, broken = asyncio.Event(), asyncio.Event()
        ask = node.joins._ask

        async def slow(*arguments: Any, is_refresh: bool = False) -> Any:
            answer = await ask(*arguments, is_refresh=is_refresh)
            if is_refresh:
                entered.set()
                await broken.wait()
            return answer

        monkeypatch.setattr(node.joins, "_ask", slow)
        async with desk(node, caterer) as socket:
            await until(lambda: places(socket.inbox) == missed)
            fresh = token(caterer.owner.id, lifetime=100)
            await socket.send(f"realtime:{TOPIC}", "access_token", {"access_token": fresh})
            await entered.wait()
        await gone(database18)
        broken.set()
        missed += change(*weddings)
        async with desk(node, caterer) as socket:
            await until(lambda: set(missed) <= set(places(socket.inbox)))
            assert places(socket.inbox) == missed


async def test_a_refreshed_token_keeps_the_subscription(
    database18: Database, weddings: list[Wedding], caterer: Supplier
) -> None:
    ids = "select array_agg(id) from wedsync_data.subscriptions"
    async with running_node(database18) as node, desk(node, caterer) as socket:
        before = database18.value(ids)
        fresh = token(caterer.owner.id, lifetime=100)
        await socket.send(f"realtime:{TOPIC}", "access_token", {"access_token": fresh})
        await until(lambda: node.snapshot().get("refreshes_total") == 1)
        assert database18.value(ids) == before
        written = change(*weddings)
        await until(lambda: places(socket.inbox) == written)


@pytest.mark.proves("F002-10")
async def test_a_token_of_somebody_else_brings_that_persons_rights(
    database18: Database, weddings: list[Wedding], caterer: Supplier
) -> None:
    async with running_node(database18) as node, desk(node, caterer) as socket:
        await socket.send(f"realtime:{TOPIC}", "access_token", {"access_token": weddings[0].token})
        await until(lambda: node.snapshot().get("refreshes_total") == 1)
        written = change(weddings[1], weddings[0])[1:]
        await until(lambda: places(socket.inbox) == written)


@pytest.mark.proves("F002-10", "F002-36")
@pytest.mark.parametrize("noticed", [True, False])
async def test_who_lost_the_right_while_away_and_has_it_again_is_told_to_read_afresh(
    database18: Database, weddings: list[Wedding], caterer: Supplier, noticed: bool
) -> None:
    """Also where the server has ended the channel before it is back: that may not have been heard."""
    wedding = weddings[0]
    async with (
        running_node(database18) as node,
        open_socket(node.port, caterer.token, path=f"{PATH}?session=desk") as silent,
    ):
        await silent.join(wedding.topic)
        # Its line is lost, and nobody has noticed.
        wedding.revoke(caterer)
        if noticed:
            await gone(database18)
        wedding.grant(caterer, "wedding.guestCount")
        change(wedding)
        for _ in range(2):
            async with desk(node, caterer, wedding.topic) as socket:
                await until(lambda: notices(socket.inbox) == [RESYNC])
                written = change(wedding)
                await until(lambda socket=socket, written=written: places(socket.inbox)[-1:] == written)  # type: ignore[misc]


@pytest.mark.proves("F002-10")
async def test_rights_that_change_while_away_count_as_they_are_at_the_return(
    database18: Database, weddings: list[Wedding], caterer: Supplier
) -> None:
    kept, taken = weddings
    async with running_node(database18) as node:
        async with desk(node, caterer):
            pass
        await gone(database18)
        change(taken)
        taken.revoke(caterer)
        missed = change(kept, taken)[:1]
        async with desk(node, caterer) as socket:
            await until(lambda: places(socket.inbox) == missed)
        await gone(database18)
        taken.grant(caterer, "wedding.guestCount")
        missed += change(taken)
        async with desk(node, caterer) as socket:
            await until(lambda: set(missed) <= set(places(socket.inbox)))


@pytest.mark.proves("F000-86")
async def test_what_was_committed_before_a_join_does_not_come_live_however_late_the_relay_is(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_node(database18) as one, running_node(database18) as two:
        async with desk(one, caterer):
            pass
        await gone(database18)
        missed = change(*weddings)
        late, poll = asyncio.Event(), two.relay.reader.poll

        async def poll_late(connection: Any) -> int:
            await late.wait()
            return await poll(connection)

        monkeypatch.setattr(two.relay.reader, "poll", poll_late)
        # one poll may have been under way
        missed += change(*weddings)
        async with desk(two, caterer) as back, desk(two, caterer, session="another") as fresh:
            written = change(*weddings)
            late.set()
            for socket, wanted in ((back, missed + written), (fresh, written)):
                await until(lambda socket=socket: places(socket.inbox)[-len(written) :] == written)  # type: ignore[misc]
                assert places(socket.inbox) == wanted


@pytest.mark.proves("F002-36")
async def test_what_a_client_has_received_does_not_come_again_soon_after(
    database18: Database, weddings: list[Wedding], caterer: Supplier
) -> None:
    # Pings that only ask for a sign of life are too rare to matter here.
    limits = Limits(ask_seconds=0.1, ping_seconds=100)
    async with running_node(database18, limits=limits) as node:
        async with desk(node, caterer) as socket:
            heard = change(*weddings)
            await until(lambda: places(socket.inbox) == heard)
            (connection,) = node.gateway.connections
            mark = node.relay.checkpoints.number
            await until(lambda: confirmed_past(connection, mark))
            # Nothing is on its way: it goes on with the relay, without being asked.
            mark = node.relay.checkpoints.number
            await until(lambda: confirmed_past(connection, mark))
        await gone(database18)
        missed = change(*weddings)
        async with desk(node, caterer) as socket:
            await until(lambda: bool(set(missed) <= set(places(socket.inbox))))
            assert places(socket.inbox) == missed


@pytest.mark.proves("F002-36")
@pytest.mark.parametrize("noticed", [True, False])
async def test_what_nobody_confirms_comes_again_and_no_more(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch, noticed: bool
) -> None:
    """Also where the server has not noticed that the line is lost, while other sockets of the process are well."""
    monkeypatch.setattr("wedsync.services.relay.TOUCH_EVERY", 0.1)
    held = "select count(*) from wedsync_data.subscriptions where came_to is not null and active"
    async with (
        running_node(database18, limits=Limits(ask_seconds=0.1)) as one,
        running_node(database18) as two,
        desk(one, caterer, session="another") as other,
        desk(one, caterer) as silent,
    ):
        heard = change(*weddings)
        await until(lambda: places(silent.inbox) == places(other.inbox) == heard)
        mark = one.relay.checkpoints.number
        await until(lambda: all(confirmed_past(each, mark) for each in one.gateway.connections))
        silent.connection.transport.pause_reading()
        missed = change(*weddings)
        await until(lambda: places(other.inbox) == heard + missed)
        await until(lambda: database18.value(held) == 1)
        await called_safe(database18, one)
        if noticed:
            silent.connection.transport.abort()
            await until(lambda: database18.value(_ACTIVE) == 1)
        missed += change(*weddings)
        async with desk(two, caterer) as socket:
            await until(lambda: set(missed) <= set(places(socket.inbox)))
            assert places(socket.inbox) == missed


async def test_a_socket_that_caught_up_has_no_position_of_its_own(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wedsync.services.relay.TOUCH_EVERY", 0.1)
    held = "select count(*) from wedsync_data.subscriptions where came_to is not null"
    async with running_node(database18, limits=Limits(ask_seconds=0.1)) as node, desk(node, caterer) as slow:
        slow.connection.transport.pause_reading()
        change(*weddings)
        await until(lambda: database18.value(held) == 1)
        slow.connection.transport.resume_reading()
        await until(lambda: database18.value(held) == 0)


async def test_what_is_committed_between_a_join_and_its_replay_comes_once(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_node(database18) as node:
        async with desk(node, caterer):
            pass
        await gone(database18)
        written, begin = change(*weddings), Missed.begin

        async def begin_later(missed: Missed, replay: Any) -> None:
            written.extend(change(*weddings))
            await begin(missed, replay)

        monkeypatch.setattr(Missed, "begin", begin_later)
        async with desk(node, caterer) as socket:
            written += change(*weddings)
            await until(lambda: written[-1] in places(socket.inbox))
            assert places(socket.inbox) == written


@pytest.mark.proves("F002-36")
async def test_a_long_absence_is_made_up_for_page_by_page(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while the pages are read comes after them, live."""
    monkeypatch.setattr("wedsync.services.missed.PAGE_BYTES", 1)
    async with running_node(database18) as node:
        async with desk(node, caterer):
            pass
        await gone(database18)
        written, pages, read = change(*weddings, *weddings), 0, calls.missed_frames

        async def read_counted(*arguments: Any) -> Any:
            nonlocal pages
            pages += 1
            if pages == 3:
                written.extend(change(*weddings))
            rows = await read(*arguments)
            assert sum(row["kind"] in ("broadcast", "postgres_changes") for row in rows) <= 1, "a page holds one change"
            return rows

        monkeypatch.setattr(calls, "missed_frames", read_counted)
        async with desk(node, caterer) as socket:
            written += change(*weddings)
            await until(lambda: written[-1] in places(socket.inbox))
            assert places(socket.inbox) == written
        assert pages > 4


@pytest.mark.proves("F002-36")
async def test_a_page_that_cannot_be_read_ends_the_channel_which_goes_on_from_before(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wedsync.services.missed.PAGE_BYTES", 1)
    async with running_node(database18) as node:
        async with desk(node, caterer):
            pass
        await gone(database18)
        missed, pages, read = change(*weddings, *weddings), 0, calls.missed_frames

        async def read_badly(pool: Any, *arguments: Any) -> Any:
            nonlocal pages
            pages += 1
            if pages == 3:
                return await pool.fetch("select pg_terminate_backend(pg_backend_pid())")
            return await read(pool, *arguments)

        monkeypatch.setattr(calls, "missed_frames", read_badly)
        async with desk(node, caterer) as socket:
            await socket.hear("phx_error", topic=f"realtime:{TOPIC}")
            assert places(socket.inbox) == missed[:2]
            socket.inbox.clear()
            await socket.join(TOPIC)
            await until(lambda: set(missed) <= set(places(socket.inbox)))
            assert places(socket.inbox) == missed
            assert notices(socket.inbox) == []


@pytest.mark.proves("F002-36")
async def test_messages_wanted_again_go_before_those_that_were_missed(
    database18: Database, weddings: list[Wedding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wedsync.services.missed.PAGE_BYTES", 1)
    wedding = weddings[0]
    say = "select wedsync.broadcast(%s, 'said', jsonb_build_object('n', %s::integer))"
    replay = {"broadcast": {"replay": {"since": 0, "limit": 3}}}
    async with running_node(database18) as node:
        async with open_socket(node.port, wedding.token, path=f"{PATH}?session=hall") as socket:
            database18.query(say, wedding.topic, 1)
            database18.query(say, wedding.topic, 2)
            await socket.join(wedding.topic, **replay)
            await until(lambda: len(said(socket.inbox)) == 2)
        await gone(database18)
        wedding.adults(70)
        for number in (3, 4):
            database18.query(say, wedding.topic, number)
        async with open_socket(node.port, wedding.token, path=f"{PATH}?session=hall") as socket:
            await socket.join(wedding.topic, **replay)
            await until(lambda: not any(each.joins_in_flight for each in node.gateway.connections))
            assert said(await socket.drained()) == [2, 3, 4]


@pytest.mark.proves("F002-36")
async def test_a_socket_with_a_join_in_flight_confirms_nothing_and_holds_its_position(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed behind the join waits for it here: pongs of other things, and the relay's progress, say nothing of it."""
    monkeypatch.setattr("wedsync.services.relay.TOUCH_EVERY", 0.1)
    asked, answered = asyncio.Event(), asyncio.Event()
    async with running_node(database18, limits=Limits(ping_seconds=100)) as one, running_node(database18) as two:
        begin = Missed.begin

        async def begin_late(missed: Missed, replay: Any) -> None:
            if missed._pool is one._pool:
                asked.set()
                await answered.wait()
            await begin(missed, replay)

        monkeypatch.setattr(Missed, "begin", begin_late)
        async with open_socket(one.port, caterer.token, path=f"{PATH}?session=desk") as socket:
            await socket.send(f"realtime:{TOPIC}", "phx_join", {"config": {}}, join_ref="1")
            await asked.wait()
            written = change(*weddings)
            mark = one.relay.checkpoints.number
            await until(
                lambda: one.relay.checkpoints.settled is not None and one.relay.checkpoints.settled.number > mark + 1
            )
            (connection,) = one.gateway.connections
            heard_at = connection.heard_at
            connection.ping()
            await until(lambda: connection.heard_at > heard_at)
            await called_safe(database18, one)
            # Its line is lost, and nobody has noticed.
            async with desk(two, caterer) as back:
                await until(lambda: set(written) <= set(places(back.inbox)))
            answered.set()
            await until(lambda: places(socket.inbox) == written)


@asynccontextmanager
async def leaves_held_up(node: Node, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """Channels that ended are not given back to the database until the event is set, as when it does not answer in time."""
    leave, answers = node.leaves._leave, asyncio.Event()

    async def leave_late(batch: Any) -> None:
        await answers.wait()
        await leave(batch)

    monkeypatch.setattr(node.leaves, "_leave", leave_late)
    yield answers
    answers.set()


@pytest.mark.proves("F000-86")
async def test_who_comes_back_at_once_waits_until_its_earlier_channel_has_left(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = "select count(*) from wedsync_data.subscriptions where topic = %s"
    async with running_node(database18) as node, leaves_held_up(node, monkeypatch) as answers:
        async with desk(node, caterer):
            pass
        await until(lambda: node.leaves.held() is not None)
        missed = change(*weddings)
        async with open_socket(node.port, caterer.token, path=f"{PATH}?session=desk") as socket:
            joining = asyncio.create_task(socket.join(TOPIC))
            await until(lambda: any(each.joins_in_flight for each in node.gateway.connections))
            # A join that waits for nothing would be there before one that began after it.
            await socket.join(weddings[0].topic)
            assert (joining.done(), database18.value(count, TOPIC)) == (False, 1)
            answers.set()
            await joining
            await until(lambda: places(socket.inbox) == missed)


@pytest.mark.proves("F002-36")
async def test_what_is_called_safe_stays_behind_channels_that_are_not_given_back_yet(
    database18: Database, weddings: list[Wedding], caterer: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wedsync.services.relay.TOUCH_EVERY", 0.1)
    touched = "select lease_until from wedsync_data.relay_nodes where node = %s"
    async with running_node(database18) as one, running_node(database18) as two, leaves_held_up(one, monkeypatch):
        async with desk(one, caterer):
            pass
        await until(lambda: one.leaves.held() is not None)
        missed, mark = change(*weddings), one.relay.checkpoints.number
        await until(
            lambda: one.relay.checkpoints.settled is not None and one.relay.checkpoints.settled.number > mark + 1
        )
        for _ in range(3):
            lease = database18.value(touched, one.id)
            await until(lambda lease=lease: database18.value(touched, one.id) > lease)  # type: ignore[misc]
        async with desk(two, caterer) as socket:
            await until(lambda: set(missed) <= set(places(socket.inbox)))
