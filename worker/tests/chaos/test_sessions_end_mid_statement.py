"""Sessions of the database end in the middle of what they do: a whole guest list or none of it, steps and notifications once."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest
from harness.database import Database
from harness.weddings import Wedding

ROUNDS = 25


def ends_somewhere(database: Database, work: Callable[[psycopg.Connection], object], after: float) -> bool:
    """Do it on a session that is terminated after so many seconds; whether it was done nevertheless."""
    done = [False]
    with closing(psycopg.connect(database.dsn)) as session:

        def run() -> None:
            try:
                with session.transaction():
                    work(session)
                done[0] = True
            except psycopg.OperationalError:
                pass

        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(after)
        database.query("select pg_terminate_backend(%s)", session.info.backend_pid)
        thread.join()
    return done[0]


def acts_as(session: psycopg.Connection, wedding: Wedding) -> None:
    claims = json.dumps({"sub": str(wedding.emma.id), "role": "authenticated"})
    session.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    session.execute("set local role authenticated")


@pytest.mark.proves("F001-04")
def test_a_guest_list_is_replaced_wholly_or_not_at_all(database: Database) -> None:
    wedding, dice = Wedding.new(database), random.Random(4)
    wedding.emma.call("select wedsync.import_guests(%s, %s)", wedding.id, listed("first", 300))
    wanted, replaced = "first", 0
    replace = 'select wedsync.import_guests(%s, %s, \'{"mode": "replace"}\')'
    began = time.monotonic()
    wedding.emma.call(replace, wedding.id, listed("first", 300))
    usual = time.monotonic() - began
    for number in range(ROUNDS):
        text = listed(f"list{number}", 300)

        def work(session: psycopg.Connection, text: str = text) -> None:
            acts_as(session, wedding)
            session.execute(replace, (wedding.id, text))

        if ends_somewhere(database, work, dice.uniform(0, usual * 1.5)):
            wanted, replaced = f"list{number}", replaced + 1
        counted = "select last_name, count(*) from wedsync_data.guests where couple_id = %s group by 1"
        found = database.query(counted, wedding.id)
        # the session may have ended between the commit and its answer
        assert found in ([(wanted, 300)], [(f"list{number}", 300)])
        wanted = found[0][0]
    assert 0 < replaced < ROUNDS
    verdict = database.call(None, "select wedsync.verify_audit_chain(%s)", wedding.id, role="service_role")
    assert verdict["valid"], verdict
    left = "select count(*) from wedsync_data.unappended_rows where couple_id = %s"
    assert database.value(left, wedding.id) == 0


def listed(name: str, guests: int) -> str:
    return "Household,First name,Last name,RSVP\n" + "".join(f"H{n},G{n},{name},yes\n" for n in range(guests))


@pytest.mark.proves("F003-17", "F000-55")
def test_steps_and_notifications_happen_once_whatever_ends(database: Database) -> None:
    wedding, dice = Wedding.new(database), random.Random(5)
    supplier = wedding.supplier("basic")
    owner = supplier.owner
    journey = owner.call("select wedsync.set_journey(%s, 'Welcome')", supplier.id)
    changes = 40
    for number in range(changes):
        owner.call(
            "select wedsync.set_journey_step(%s, %s, 'Call', %s, %s)", journey, f"step {number}",
            json.dumps({"on": "field", "field": "wedding.style", "value": json.dumps([f"s{number}"])}),
            json.dumps({"do": "notify", "message": f"Call {number}"}),
        )  # fmt: skip
    owner.call("select wedsync.start_journey(%s, %s)", journey, wedding.id)
    jobs = ["advance_journeys", "notify_suppliers"]
    ended = 0
    for number in range(changes):
        wedding.update({"wedding.style": [f"s{number}"]})
        for job in jobs:

            def look(session: psycopg.Connection, job: str = job) -> None:
                session.execute(f"select wedsync_internal.{job}()")

            ended += not ends_somewhere(database, look, dice.uniform(0, 0.02))
    assert ended > 0
    for job in jobs:
        database.value(f"select wedsync_internal.{job}()")
    told = "select count(*), count(distinct {}) from wedsync_data.notifications where supplier_id = %s and {}"
    assert database.query(told.format("reference", "kind = 'journey_step'"), supplier.id) == [(changes, changes)]
    assert database.query(told.format("seq", "'wedding.style' = any (paths)"), supplier.id) == [(changes, changes)]
