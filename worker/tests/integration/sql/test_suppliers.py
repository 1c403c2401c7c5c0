"""Journeys, snapshots and addresses of pages in a crowd: steps once, one moment, one owner."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Thread
from uuid import UUID

import pytest
from harness.crowds import states, together
from harness.database import Database
from harness.waiting import start_and_wait
from harness.weddings import Supplier, Wedding

CROWD = 6


def journey(supplier: Supplier, wedding: Wedding, condition: dict[str, object], steps: int = 1) -> UUID:
    """A journey of these steps, which tell the supplier, with the couple in it."""
    made = UUID(str(supplier.owner.call("select wedsync.set_journey(%s, 'Welcome')", supplier.id)))
    for number in range(steps):
        supplier.owner.call(
            "select wedsync.set_journey_step(%s, %s, 'Call', %s, %s)",
            made, f"step {number}", json.dumps(condition), json.dumps({"do": "notify", "message": "Call them"}),
        )  # fmt: skip
    supplier.owner.call("select wedsync.start_journey(%s, %s)", made, wedding.id)
    return made


@pytest.mark.proves("F003-17")
def test_a_step_happens_once_however_many_workers_look(database: Database) -> None:
    database.query("update wedsync_data.rate_limits set max_requests = null")
    weddings = [Wedding.new(database) for _ in range(4)]
    supplier = weddings[0].supplier()
    for wedding in weddings:
        wedding.grant(supplier, "basic")
        journey(supplier, wedding, {"on": "field", "field": "wedding.style"}, steps=3)
    looks: list[Callable[[], object]] = [
        lambda: database.value("select wedsync_internal.advance_journeys()") for _ in range(CROWD)
    ]
    writes: list[Callable[[], object]] = [
        lambda w=w: w.emma.call(
            "select wedsync.update_core_fields(%s, %s)", w.id, json.dumps({"wedding.style": ["rustic"]})
        )
        for w in weddings
    ]  # type: ignore[misc]
    assert states(together([*looks, *writes])) == {"ok": CROWD + len(writes)}
    database.value("select wedsync_internal.advance_journeys()")
    told = """select count(*), count(distinct (couple_id, reference))
        from wedsync_data.notifications where kind = 'journey_step' and supplier_id = %s"""
    assert database.query(told, supplier.id) == [(12, 12)]
    assert database.query(
        "select outcome, count(*) from wedsync_data.journey_runs as r join wedsync_data.journeys as j on j.id = r.journey_id "
        "where j.supplier_id = %s group by outcome", supplier.id,
    ) == [("done", 12)]  # fmt: skip


@pytest.mark.proves("F003-17")
def test_a_journey_is_deleted_while_its_steps_are_looked_for(database: Database) -> None:
    weddings = [Wedding.new(database) for _ in range(2)]
    supplier, kept = weddings[0].supplier(), weddings[0].supplier()
    for wedding in weddings:
        for each in (supplier, kept):
            wedding.grant(each, "basic")
            made = journey(each, wedding, {"on": "field", "field": "wedding.style"})
            if each is supplier:
                deleted = made
        wedding.update({"wedding.style": ["rustic"]})
    with database.caller(supplier.owner.id) as session:
        session.execute("select wedsync.delete_journey(%s)", (deleted,))
        look = start_and_wait(database, lambda: database.value("select wedsync_internal.advance_journeys()"))
    look.join()
    assert look.failure is None
    done = """select j.supplier_id, count(*)
        from wedsync_data.journey_runs as r join wedsync_data.journeys as j on j.id = r.journey_id group by 1"""
    assert dict(database.query(done)) == {kept.id: 2, supplier.id: 1}


@pytest.mark.proves("F001-08")
def test_a_snapshot_and_its_number_are_of_one_moment(database: Database) -> None:
    database.query("update wedsync_data.rate_limits set max_requests = null")
    wedding = Wedding.new(database)
    supplier = wedding.supplier()
    wedding.emma.call("select wedsync.grant_access(%s, %s, '{wedding_basics,tasks}')", wedding.id, supplier.id)
    writing = [True]

    def write() -> None:
        number = 0
        while writing[0]:
            number += 1
            wedding.emma.call(
                "insert into wedsync.tasks (couple_id, title) values (%s, %s) returning id",
                wedding.id,
                f"Task {number}",
            )

    writer = Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            made = supplier.owner.call("select wedsync.sync_to_supplier(%s, %s, 5000)", wedding.id, supplier.id)
            seen = {row["id"] for row in made["records"]["tasks"]["rows"]}
            logged = database.query(
                "select record ->> 'id' from wedsync_data.events where couple_id = %s and table_name = 'tasks' and seq <= %s",
                wedding.id, made["seq"],
            )  # fmt: skip
            assert seen == {row[0] for row in logged}
    finally:
        writing[0] = False
        writer.join()
    assert seen


@pytest.mark.proves("F001-03")
def test_an_address_has_one_wedding(database: Database) -> None:
    weddings = [Wedding.new(database) for _ in range(CROWD)]
    slug = f"the-wedding-{str(weddings[0].id)[:8]}"
    take = "insert into wedsync.websites (couple_id, slug) values (%s, %s) returning id"
    made = states(together([lambda w=w: w.emma.call(take, w.id, slug) for w in weddings]))  # type: ignore[misc]
    assert made["ok"] == 1
    assert set(made) <= {"ok", "PT422"}
    assert database.value("select count(*) from wedsync_data.websites where slug = %s", slug) == 1
