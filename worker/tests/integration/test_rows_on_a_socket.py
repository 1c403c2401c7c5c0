"""A record that stands in the catalogue only, received on real sockets."""

from __future__ import annotations

import json

import pytest
from harness.database import Database
from harness.servers import TAP_SUPPORT
from harness.sockets import open_socket
from harness.weddings import Wedding
from harness.worker import running_node


@pytest.mark.proves("F000-54", "F002-13")
async def test_rows_of_a_new_record_are_received_by_rights(database: Database) -> None:
    wedding = Wedding.new(database)
    database.query("create schema tap")
    database.query((TAP_SUPPORT / "4_records.sql").read_text(encoding="utf-8"))
    database.query("select tap.gifts()")
    caterer, florist, baker = (
        wedding.supplier("gifts.name"),
        wedding.supplier("gifts"),
        wedding.supplier("wedding.date"),
    )
    topic = f"wedding:{wedding.id}"
    binding = {"event": "*", "schema": "public", "table": "gifts"}
    async with (
        running_node(database) as node,
        open_socket(node.port, wedding.token) as couple,
        open_socket(node.port, caterer.token) as names,
        open_socket(node.port, florist.token) as givers,
        open_socket(node.port, baker.token) as dates,
    ):
        for socket in (couple, names, givers, dates):
            await socket.join(topic, postgres_changes=[binding])
        gift = wedding.emma.call(
            "insert into wedsync.gifts (couple_id, name, giver, price) values (%s, 'Vase', 'Ada', 47.11) returning id",
            wedding.id,
        )
        for socket, sees in ((couple, {"Vase", "Ada", "47.11"}), (givers, {"Vase", "Ada"}), (names, {"Vase"})):
            broadcast = (await socket.hear("broadcast")).payload
            change = (await socket.hear("postgres_changes")).payload["data"]
            assert broadcast["event"] == "gifts_changed"
            assert (change["table"], change["type"], change["record"]["id"]) == ("gifts", "INSERT", str(gift))
            for value in ("Vase", "Ada", "47.11"):
                assert (value in json.dumps(broadcast)) is (value in sees)
                assert (value in json.dumps(change)) is (value in sees)
            assert "no catalogue" not in json.dumps(change)

        wedding.emma.call("update wedsync.gifts set giver = 'Ugo' where id = %s returning 1", gift)
        for socket in (couple, givers):
            change = (await socket.hear("postgres_changes")).payload["data"]
            assert (change["record"]["giver"], change["old_record"]["giver"]) == ("Ugo", "Ada")
        assert wedding.emma.call("select wedsync.delete_gifts(%s, %s)", wedding.id, [gift]) == 1
        for socket in (couple, givers, names):
            assert (await socket.hear("postgres_changes")).payload["data"]["type"] == "DELETE"
        assert not [each for each in await names.drained() if each.event == "postgres_changes"]
        assert not [each for each in await dates.drained() if each.event in ("broadcast", "postgres_changes")]
