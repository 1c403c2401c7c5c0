"""A wedding that is copied row by row to another database goes on there: its keys mean the same in both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from harness.database import Database, Person
from harness.servers import Server
from harness.weddings import Supplier, Wedding

# What belongs to no wedding: an installation of several databases has it in each of them.
SHARED = ("users", "suppliers", "supplier_members", "forms", "form_fields")
# Derived in each database: masks have other numbers there.
DERIVED = ("reach",)

TENANT_TABLES = """
select c.relname::text
from pg_class as c
where c.relnamespace = 'wedsync_data'::regnamespace and c.relkind in ('r', 'p')
    and not c.relispartition and c.relpersistence = 'p'
    and exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'couple_id')
    and c.relname <> all (%s)
"""


@pytest.fixture
def cells(server18: Server) -> Iterator[tuple[Database, Database]]:
    """Two databases, each with the whole pack."""
    with server18.database() as source, server18.database() as target:
        yield source, target


def copy(source: Database, target: Database, table: str, where: str) -> None:
    """All columns of these rows; transaction ids of another database mean nothing, so events count as read."""
    names = [
        name
        for (name,) in source.query(
            "select a.attname::text from pg_attribute as a where a.attrelid = %s::regclass and a.attnum > 0"
            " and not a.attisdropped and a.attgenerated = '' order by a.attnum",
            f"wedsync_data.{table}",
        )
    ]
    taken = ", ".join("'3'" if name == "xid" else f't."{name}"' for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    with source.connect() as there, target.connect() as here, there.cursor() as reader, here.cursor() as writer:
        writer.execute("set session_replication_role = replica")
        with (
            reader.copy(f"copy (select {taken} from wedsync_data.{table} as t where {where}) to stdout") as rows,
            writer.copy(f"copy wedsync_data.{table} ({columns}) from stdin") as into,
        ):
            for row in rows:
                into.write(row)


def move(wedding: Wedding, target: Database) -> Wedding:
    """Copy the wedding with all that belongs to it, and delete it where it was."""
    source = wedding.emma.database
    for table in SHARED:
        copy(source, target, table, "true")
    copy(source, target, "weddings", f"t.id = '{wedding.id}'")
    for (table,) in source.query(TENANT_TABLES, list(DERIVED)):
        copy(source, target, table, f"t.couple_id = '{wedding.id}'")
    target.query("select wedsync_internal.rebuild_reach()")
    source.call(None, "select wedsync.delete_wedding(%s)", wedding.id, role="service_role")
    return Wedding(replace(wedding.emma, database=target), wedding.id)


def live(wedding: Wedding, supplier: Supplier, rounds: int) -> None:
    """Changes, reads by a supplier, notifications, answers and sessions."""
    form = supplier.owner.call(
        "insert into wedsync.forms (supplier_id, name) values (%s, 'Menu') returning id", supplier.id
    )
    for number in range(rounds):
        wedding.emma.call(
            "select wedsync.update_core_fields(%s, %s)",
            wedding.id,
            json.dumps({"guest_count": {"adults": 50 + number}, "private.notes": f"n{number}"}),
        )
        supplier.owner.call("select wedsync.get_core_fields(%s)", wedding.id)
        wedding.emma.database.query("select wedsync_internal.notify_suppliers()")
    wedding.emma.call("select wedsync.submit_form_response(%s, %s, '{}')", form, wedding.id)
    supplier.owner.call("select wedsync.populate_form(%s, %s)", form, wedding.id)
    supplier.owner.call("select wedsync.set_journey_progress(%s, %s, 'call', 'done')", supplier.id, wedding.id)
    wedding.emma.call("select wedsync.join_session(%s)", wedding.id)


def trail(person: Person, wedding: Wedding) -> list[Any]:
    """The audit trail as the person reads it, page by page."""
    rows: list[Any] = []
    while page := person.call(
        "select jsonb_agg(t) from wedsync.get_audit_trail(%s, 7, %s) as t",
        wedding.id,
        rows[-1]["id"] if rows else None,
    ):
        rows += page
    return rows


@pytest.mark.proves("F003-68", "C-48")
def test_a_wedding_goes_on_in_another_database(cells: tuple[Database, Database]) -> None:
    source, target = cells
    # Both databases have used their sequences alike.
    for database in cells:
        other = Wedding.new(database)
        live(other, other.supplier("guest_numbers"), 6)
    wedding = Wedding.new(source)
    caterer = wedding.supplier("guest_numbers")
    live(wedding, caterer, 6)
    before = trail(wedding.emma, wedding)
    notes = caterer.owner.call("select array_agg(id) from wedsync.notifications")

    moved = move(wedding, target)
    kitchen = Supplier(replace(caterer.owner, database=target), caterer.id)
    assert trail(moved.emma, moved) == before
    live(moved, kitchen, 12)
    after = trail(moved.emma, moved)
    assert after[-len(before) :] == before
    ids = [row["id"] for row in after]
    assert ids == sorted(set(ids), reverse=True)
    verdict = moved.emma.call("select wedsync.verify_audit_chain(%s)", moved.id)
    assert (verdict["valid"], verdict["problems"]) == (True, [])
    (seqs,) = target.query(
        "select array_agg(seq order by seq) from wedsync_data.events where couple_id = %s", moved.id
    )[0]
    assert seqs == list(range(1, len(seqs) + 1))

    # A change that was made before the move is undone after it, and by the couple that made it.
    (change,) = (row["id"] for row in after if row["field"] == "private.notes" and row["new_value"] == "n11")
    assert moved.emma.call("select wedsync.revert_change(%s, %s)", moved.id, change)["success"]
    read = "select wedsync.mark_notifications_read(%s, %s)"
    assert kitchen.owner.call(read, moved.id, notes) == len(notes)
    total = kitchen.owner.call("select count(*) from wedsync.notifications")
    assert total > len(notes)
    with pytest.raises(psycopg.Error, match="Not found"):
        caterer.owner.call("select wedsync.get_core_fields(%s)", wedding.id)


@pytest.mark.proves("F000-55")
def test_what_was_not_delivered_is_sent_where_the_wedding_is(cells: tuple[Database, Database]) -> None:
    source, target = cells
    wedding = Wedding.new(source)
    emma = wedding.emma
    source.query("update wedsync_data.users set email = 'emma@example.org' where id = %s", emma.id)
    told = 'select wedsync.notify(%s, \'task_assigned\', \'{"task": "rings", "due": null}\', %s)'
    source.call(None, told, wedding.id, json.dumps({"users": [str(emma.id)]}), role="service_role")
    claim = "select id, subject from wedsync_internal.claim_deliveries(%s, '{email}', 10)"
    ((lost, subject),) = source.query(claim, emma.id)
    source.query("select wedsync_internal.fail_delivery(%s, %s, 'refused', 'refused')", emma.id, lost)
    failed = "select array_agg(id) from wedsync.failed_deliveries"
    assert emma.call(failed) == [lost]

    moved = move(wedding, target)
    assert emma.call(failed) is None
    with pytest.raises(psycopg.Error, match="Not found"):
        emma.call("select wedsync.retry_delivery(%s)", lost)
    assert source.query(claim, emma.id) == []
    assert moved.emma.call(failed) == [lost]
    moved.emma.call("select wedsync.retry_delivery(%s)", lost)
    # The same id, so that the receiver knows it.
    assert target.query(claim, emma.id) == [(lost, subject)]
    assert target.value("select wedsync_internal.finish_deliveries(%s, %s, '{5}')", emma.id, [lost]) == 1
