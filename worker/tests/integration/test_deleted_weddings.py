"""Deleting a wedding: who could hear it is told, by ids alone, and the channels end."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from harness.database import Database, Person
from harness.nats import NatsServer
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node

DELETES = [{"event": "DELETE", "schema": "wedsync", "table": "core_fields"}]


def delete(wedding: Wedding) -> None:
    wedding.emma.database.call(None, "select wedsync.delete_wedding(%s)", wedding.id, role="service_role")


@pytest.mark.proves("F004-101")
async def test_open_channels_hear_of_the_deletion_and_end(database: Database) -> None:
    wedding, other = Wedding.new(database), Wedding.new(database)
    caterer = wedding.supplier("wedding.guestCount")
    stranger = token(Person.new(database).id)
    async with (
        running_node(database) as node,
        open_socket(node.port, wedding.token) as couple,
        open_socket(node.port, caterer.token) as guests,
        open_socket(node.port, other.token) as others,
        open_socket(node.port, stranger) as outsider,
    ):
        for socket in (couple, guests):
            await socket.join(wedding.topic, postgres_changes=DELETES)
        for socket in (couple, guests, others, outsider):
            await socket.join("core-fields", postgres_changes=DELETES)
        await others.join(other.topic, postgres_changes=DELETES)
        await couple.join(f"presence_{wedding.id}", presence={"key": "emma"})
        wedding.update({"wedding.guestCount.adults": 81, "private.notes": "hush", "couple.partner1.email": "e@e.org"})
        for socket in (couple, guests):
            await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")
        for socket in (couple, guests, others, outsider):
            await socket.drained()

        await asyncio.to_thread(delete, wedding)
        for socket, ended in ((couple, [wedding.topic, f"presence_{wedding.id}"]), (guests, [wedding.topic])):
            for topic in ended:
                assert (await socket.hear("phx_close", topic=f"realtime:{topic}")).ref == topic
            # Whatever was said came before.
            heard = await socket.drained()
            for topic in (wedding.topic, "core-fields"):
                mine = [message for message in heard if message.topic == f"realtime:{topic}"]
                told = [message for message in mine if message.event in ("broadcast", "postgres_changes")]
                assert [message.event for message in told] == ["broadcast", "postgres_changes"], topic
                assert told[0].payload["event"] == "wedding_deleted"
                assert told[0].payload["payload"]["couple_id"] == str(wedding.id)
                row = told[1].payload["data"]
                assert (row["type"], set(row["old_record"])) == ("DELETE", {"id", "couple_id"})
                assert "hush" not in json.dumps([message.payload for message in mine])
                assert "e@e.org" not in json.dumps([message.payload for message in mine])
            ends = [message for message in heard if message.event == "system" and message.payload["status"] == "error"]
            assert {message.payload["message"] for message in ends} == {"the wedding was deleted"}
            reply = await socket.try_join(wedding.topic)
            assert reply["response"]["reason"].startswith("Unauthorized: ")
        for socket in (others, outsider):
            assert [message.event for message in await socket.drained() if message.event != "phx_reply"] == []
        # What stays open works on.
        other.adults(120)
        await others.hear("broadcast", topic=f"realtime:{other.topic}")
    assert database.value("select count(*) from wedsync_data.resume_points where topic like %s", f"%{wedding.id}") == 0
    assert database.value("select count(*) from wedsync_data.presence_entries") == 0


@pytest.mark.proves("F004-101")
async def test_who_was_away_is_told_and_hears_nothing_else_of_it(database18: Database) -> None:
    wedding = Wedding.new(database18)
    path = "/realtime/v1/websocket?session=tab"
    async with running_node(database18) as node:
        async with open_socket(node.port, wedding.token, path=path) as socket:
            await socket.join("core-fields", postgres_changes=DELETES)
            await socket.join(wedding.topic, postgres_changes=DELETES)
            socket.connection.transport.abort()
            await socket.closed()
        await until(lambda: database18.value("select count(*) from wedsync_data.subscriptions where active") == 0)
        wedding.update({"private.notes": "hush"})
        await asyncio.to_thread(delete, wedding)
        async with open_socket(node.port, wedding.token, path=path) as socket:
            refused = await socket.try_join(wedding.topic, postgres_changes=DELETES)
            assert refused["response"]["reason"].startswith("Unauthorized: ")
            await socket.join("core-fields", postgres_changes=DELETES)
            first = await socket.hear("broadcast")
            assert first.payload["event"] == "wedding_deleted"
            assert "hush" not in json.dumps([message.payload for message in await socket.drained()])


@pytest.mark.proves("F004-101")
async def test_nodes_that_are_fed_say_it_in_the_same_order(database18: Database, nats_server: NatsServer) -> None:
    wedding = Wedding.new(database18)
    async with (
        running_node(database18, bus=nats_server.url) as one,
        running_node(database18, bus=nats_server.url) as two,
        open_socket(one.port, wedding.token) as near,
        open_socket(two.port, wedding.token) as far,
    ):
        for socket in (near, far):
            await socket.join(wedding.topic, postgres_changes=DELETES)
        wedding.adults(81)
        for socket in (near, far):
            await socket.hear("broadcast")
            await socket.drained()
        await asyncio.to_thread(delete, wedding)
        for socket in (near, far):
            await until(lambda socket=socket: any(message.event == "phx_close" for message in socket.inbox))  # type: ignore[misc]
            heard = [message.event for message in await socket.drained() if message.event != "phx_reply"]
            assert heard == ["broadcast", "postgres_changes", "system", "phx_close"]


@pytest.mark.proves("F000-86")
def test_deleting_beside_writers_joins_and_grants_never_deadlocks(database18: Database) -> None:
    weddings = [Wedding.new(database18) for _ in range(6)]
    suppliers = [wedding.supplier("wedding.guestCount") for wedding in weddings]
    refused = ("not visible", "not allowed")

    def busy(number: int, kind: int) -> list[str]:
        """What went wrong, other than that there is no such wedding any more."""
        wedding, supplier, wrong = weddings[number], suppliers[number], []
        for turn in range(15):
            try:
                match kind:
                    case 0:
                        wedding.adults(turn + 1)
                    case 1:
                        wedding.grant(supplier, "wedding.guestCount" if turn % 2 else "wedding.date")
                    case _:
                        wedding.emma.call(
                            "select wedsync.add_list_element(%s, 'key_moments', %s)",
                            wedding.id, json.dumps({"name": f"moment {turn}"}),
                        )  # fmt: skip
            except psycopg.Error as error:
                if not any(word in str(error) for word in refused):
                    wrong.append(f"{error.sqlstate} {error}")
                break
        return wrong

    with ThreadPoolExecutor(24) as pool:
        work = [pool.submit(busy, number, kind) for number in range(len(weddings)) for kind in range(3)]
        deletions = [pool.submit(delete, wedding) for wedding in weddings]
        assert [each.result() for each in deletions] == [None] * len(weddings)
        assert [problem for each in work for problem in each.result()] == []
    assert database18.value("select count(*) from wedsync_data.weddings") == 0
    assert database18.value("select count(*) from wedsync_data.events where class <> 'purge'") == 0
