"""What is written down about sockets: who is connected, since when, still alive, and how much was received."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
import websockets
from harness.accidents import kill_sessions
from harness.database import Database
from harness.sockets import PATH, open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

from wedsync.channels.subscription import Subscription
from wedsync.server.connection import Connection
from wedsync.server.host import Limits
from wedsync.services import bookkeeping


def activity(database: Database, wedding: Wedding) -> dict[str, int]:
    """What was counted for Emma on the wedding's channel."""
    rows = database.query(
        "select event_type, sum(count)::int from wedsync_data.realtime_activity where user_id = %s and topic = %s group by 1",
        wedding.emma.id, wedding.topic,
    )  # fmt: skip
    return dict(rows)


@pytest.mark.proves("F004-01", "F004-02")
async def test_sockets_and_their_channels_show_up_and_go_again(database18: Database) -> None:
    wedding = Wedding.new(database18)
    sockets = "select count(*) from wedsync.websocket_connections where is_active"
    channels = "select count(*) from wedsync.realtime_subscriptions where active and channel_name = %s"
    async with running_node(database18) as node:
        async with open_socket(node.port, wedding.token) as socket:
            await socket.join(wedding.topic, postgres_changes=[wedding.binding])
            assert wedding.emma.call(sockets) == 1
            assert wedding.emma.call(channels, wedding.topic) == 1
            status: dict[str, Any] = wedding.emma.call("select wedsync.realtime_status()")
            assert (status["connected"], status["activeChannels"]) == (True, [wedding.topic])
            same = wedding.emma.call(
                """select count(*) from wedsync.realtime_subscriptions as s
                join wedsync.websocket_connections as c using (connection_id) where s.active"""
            )
            assert same == 1
        await until(lambda: wedding.emma.call(sockets) == 0)
        await until(lambda: wedding.emma.call(channels, wedding.topic) == 0)


@pytest.mark.proves("F002-18", "F002-32")
async def test_what_users_receive_is_counted_and_so_are_joins_leaves_and_refusals(database18: Database) -> None:
    wedding = Wedding.new(database18)
    stranger = wedding.supplier()
    async with running_node(database18) as node, open_socket(node.port, stranger.token) as other:
        # Another session, so that the second does not hear what the first may have lost.
        second = open_socket(node.port, wedding.token, path=f"{PATH}?session=second")
        async with open_socket(node.port, wedding.token) as one, second as two:
            await one.join(wedding.topic, postgres_changes=[wedding.binding])
            wedding.adults(100)
            await one.hear("postgres_changes")
            await two.join(wedding.topic)
            wedding.adults(101)
            await one.hear("postgres_changes")
            await two.hear("broadcast")
            await node.books.write_activity()
            # Two for the first socket and one for the second; the second has no row changes.
            assert activity(database18, wedding) == {"broadcast": 3, "postgres_changes": 2, "subscribe": 2}
            status: dict[str, Any] = wedding.emma.call("select wedsync.realtime_status()")
            assert status["messageCount"] == 5
            wedding.adults(102)
            await two.hear("broadcast")
            await two.reply(await two.send(f"realtime:{wedding.topic}", "phx_leave", {}))
            wedding.adults(103)
            await until(
                lambda: any(
                    message.event == "postgres_changes"
                    and message.payload["data"]["record"]["guest_count"]["adults"] == 103
                    for message in one.inbox
                )
            )
        await other.try_join(wedding.topic)
        await until(lambda: node.hub.subscriptions == 0)
        await node.books.write_activity()
        counted = activity(database18, wedding)
        assert counted == {"broadcast": 6, "postgres_changes": 4, "subscribe": 2, "unsubscribe": 2}
        refused = database18.value(
            "select sum(count)::int from wedsync_data.realtime_activity where user_id = %s and event_type = 'refused'",
            stranger.owner.id,
        )
        assert refused == 1


@pytest.mark.proves("F002-08", "F002-24", "F002-26", "F002-27")
async def test_channels_that_are_asked_for_are_answered_noted_and_left_one_by_one(database18: Database) -> None:
    wedding = Wedding.new(database18)
    asked = [{**wedding.binding, "event": "UPDATE"}, {**wedding.binding, "event": "INSERT"}]

    def noted() -> list[tuple[Any, ...]]:
        with database18.caller(wedding.emma.id) as emma:
            return emma.execute(
                "select channel_name, active, filter_params from wedsync.realtime_subscriptions order by id"
            ).fetchall()

    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        answer = (await socket.join(wedding.topic, postgres_changes=asked))["postgres_changes"]
        assert [{name: value for name, value in each.items() if name != "id"} for each in answer] == asked
        assert len({each["id"] for each in answer}) == 2
        await socket.join("core-fields")
        assert (await socket.hear("system", topic=f"realtime:{wedding.topic}")).payload["status"] == "ok"
        assert noted() == [(wedding.topic, True, asked), ("core-fields", True, None)]
        topic = f"realtime:{wedding.topic}"
        assert (await socket.reply(await socket.send(topic, "phx_leave", {})))["status"] == "ok"
        await until(lambda: [row[1] for row in noted()] == [False, True])
        await socket.drained()
        wedding.adults(100)
        assert (await socket.hear("broadcast")).topic == "realtime:core-fields"
        assert {message.topic for message in await socket.drained()} <= {"realtime:core-fields"}


async def test_made_up_names_of_channels_are_counted_without_the_name(database18: Database) -> None:
    """A row for each of them would fill the table."""
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        for name in ("nothing", "x" * 300, f"wedding:{uuid4()}", f"core_fields_{uuid4()}"):
            assert (await socket.try_join(name))["status"] == "error"
        wrong = [{**wedding.binding, "table": "nothing"}]
        assert (await socket.try_join(wedding.topic, postgres_changes=wrong))["status"] == "error"
        await socket.join(wedding.topic)
        await node.books.write_activity()
        rows = database18.query(
            "select topic, event_type, sum(count)::int from wedsync_data.realtime_activity group by 1, 2 order by 1, 2"
        )
        assert rows == [("", "refused", 4), (wedding.topic, "refused", 1), (wedding.topic, "subscribe", 1)]


async def test_counts_wait_while_the_database_is_away(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        node.books.count(str(wedding.emma.id), wedding.topic, "presence", 7)
        database18.query("alter table wedsync_data.realtime_activity rename to hidden")
        with pytest.raises(Exception, match="realtime_activity"):
            await node.books.write_activity()
        database18.query("alter table wedsync_data.hidden rename to realtime_activity")
        kill_sessions(database18, "wedsync joins")
        node.books.count(str(wedding.emma.id), wedding.topic, "presence", 1)
        await until(lambda: activity(database18, wedding).get("presence") == 8, 20)


async def test_who_writes_at_the_same_time_writes_nothing_twice(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        node.books.count(str(wedding.emma.id), wedding.topic, "presence", 7)
        await asyncio.gather(*(node.books.write_activity() for _ in range(3)))
        assert activity(database18, wedding) == {"presence": 7}


@pytest.mark.proves("F002-30", "C-59")
async def test_signs_of_life_are_noted_in_batches(database18: Database) -> None:
    wedding = Wedding.new(database18)
    limits = Limits(ping_seconds=0.5, sweep_seconds=0.05)
    ages = """select bool_and(greatest(now() - s.last_ping_at, now() - c.last_ping) < interval '10 s')
        from wedsync_data.subscriptions as s join wedsync_data.websocket_connections as c using (connection_id)"""
    async with running_node(database18, limits=limits) as node, AsyncExitStack() as stack:
        for _ in range(4):
            socket = await stack.enter_async_context(open_socket(node.port, wedding.token))
            await socket.join(wedding.topic)
        # What lives from here on is to be written at once.
        await node.books.write_pings()
        database18.query("update wedsync_data.subscriptions set last_ping_at = now() - interval '4 minutes'")
        database18.query("update wedsync_data.websocket_connections set last_ping = now() - interval '4 minutes'")
        assert database18.value(ages) is False
        await until(lambda: len(node.books._alive) == 4)
        await node.books.write_pings()
        assert database18.value(ages) is True
        # The time of one transaction.
        assert database18.value("select count(distinct last_ping) from wedsync_data.websocket_connections") == 1


@pytest.mark.proves("F002-22")
async def test_the_clean_up_ends_what_gives_no_sign_of_life_and_spares_the_rest(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        await socket.join("core-fields")
        database18.query(
            "update wedsync_data.subscriptions set last_ping_at = now() - interval '6 minutes' where topic = 'core-fields'"
        )
        assert database18.value("select wedsync_internal.run_job('cleanup_subscriptions')", user="wedsync_worker") == 1
        active = database18.query("select topic from wedsync_data.subscriptions where active")
        assert active == [(wedding.topic,)]


@pytest.mark.proves("F004-04", "F004-05")
async def test_a_process_reports_its_health_with_its_lease(database18: Database) -> None:
    wedding = Wedding.new(database18)
    # A busy machine makes loops late, which is not the subject.
    database18.query("update wedsync_data.settings set value = '60000' where name = 'balance_most_lag_ms'")
    health = (
        "select status, sockets, channels, most_sockets > 100, doorbell_hears, problems from wedsync.server_health()"
    )
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        await until(lambda: database18.query(health) == [("ready", 1, 1, True, True, [])], within=15)
        (row,) = database18.query(
            "select server_instance, sockets, action from wedsync.balance_advice() where pid is not null"
        )
        assert row == (node.id, 1, "keep")
    assert database18.query(health) == [], "an orderly end leaves no row"


async def test_sockets_that_are_gone_are_not_kept_however_long_their_tokens_live(database18: Database) -> None:
    wedding = Wedding.new(database18)
    year = token(wedding.emma.id, lifetime=365 * 86400)

    def kept(kind: type) -> int:
        gc.collect()
        return sum(type(each) is kind for each in gc.get_objects())

    async with running_node(database18) as node, open_socket(node.port, year) as stays:
        await stays.join(wedding.topic)
        for _ in range(130):
            async with open_socket(node.port, year) as socket:
                await socket.join(wedding.topic)
        await stays.send(f"realtime:{wedding.topic}", "access_token", {"access_token": token(wedding.emma.id)})
        await until(lambda: node.snapshot().get("refreshes_total") == 1)
        await until(lambda: len(node.gateway.connections) == 1)
        await until(lambda: (kept(Connection), kept(Subscription)) == (1, 1))


@pytest.mark.proves("F002-30")
async def test_signs_of_life_are_written_by_the_clock(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookkeeping, "_PINGS_EVERY", 0.2)
    monkeypatch.setattr(bookkeeping, "_CHECK_EVERY", 0.1)
    wedding = Wedding.new(database18)
    limits = Limits(ping_seconds=0.3, sweep_seconds=0.1)
    old = "select bool_and(last_ping_at > now() - interval '1 minute') from wedsync_data.subscriptions"
    async with running_node(database18, limits=limits) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        for _ in range(2):
            database18.query("update wedsync_data.subscriptions set last_ping_at = now() - interval '4 minutes'")
            database18.query("update wedsync_data.websocket_connections set last_ping = now() - interval '4 minutes'")
            await until(lambda: database18.value(old))
            assert database18.value(
                "select last_ping > now() - interval '1 minute' from wedsync_data.websocket_connections"
            )


@pytest.mark.parametrize("name", ["\0", "\ud800", "x" * 3000])
async def test_whatever_the_claims_hold_a_socket_is_counted(database18: Database, name: str) -> None:
    wedding = Wedding.new(database18)
    database18.query("update wedsync_data.settings set value = '2' where name = 'connections_per_user'")
    key = token(wedding.emma.id, user_metadata={"name": name})
    async with running_node(database18) as node, AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(open_socket(node.port, key))
        with pytest.raises(websockets.InvalidStatus) as refused:
            await stack.enter_async_context(open_socket(node.port, key))
        assert refused.value.response.status_code == 429


async def test_claims_that_cannot_be_counted_open_nothing(database18: Database) -> None:
    async with running_node(database18) as node:
        for key, status in ((token(uuid4(), role="a\0"), 401), (f"{token(uuid4())}%00", 401)):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with open_socket(node.port, key):
                    pass
            assert refused.value.response.status_code == status
    assert database18.value("select count(*) from wedsync_data.websocket_connections") == 0


async def test_a_count_that_the_database_refuses_keeps_no_other(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_node(database18) as node:
        node.books.count(str(wedding.emma.id), wedding.topic, "subscribe", 3)
        node.books.count(str(wedding.emma.id), "a\0topic", "subscribe")
        node.books.count("nobody", wedding.topic, "subscribe")
        await node.books.write_activity()
        assert activity(database18, wedding) == {"subscribe": 3}
        node.books.count(str(wedding.emma.id), wedding.topic, "subscribe")
        await node.books.write_activity()
        assert activity(database18, wedding) == {"subscribe": 4}
