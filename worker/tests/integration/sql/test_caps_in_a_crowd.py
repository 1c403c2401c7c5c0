"""Caps hold when many ask at once: whoever counts has a lock that the others wait for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from harness.crowds import numbered, states, together
from harness.database import Database, Person
from harness.weddings import Wedding

CROWD = 12


def outcomes(call: Callable[[int], object]) -> Counter[str]:
    """How a crowd of calls at the same moment ended: SQLSTATE, or `ok`."""
    return states(together(numbered(call, CROWD)))


def cap(database: Database, name: str, value: int) -> None:
    database.query("update wedsync_data.settings set value = to_jsonb(%s::integer) where name = %s", value, name)


@pytest.mark.proves("C-56")
def test_keys_weddings_and_suppliers_of_one_person(database: Database) -> None:
    emma = Wedding.new(database).emma
    for setting in ("api_keys_per_user", "weddings_per_user", "suppliers_per_user"):
        cap(database, setting, 3)
    assert outcomes(lambda n: emma.call("select wedsync.create_api_key(%s)", f"key {n}")) == {
        "ok": 3,
        "PT409": CROWD - 3,
    }
    assert outcomes(lambda n: emma.call("select wedsync.register_couple(%s)", f"Emma {n}")) == {
        "ok": 2,
        "PT409": CROWD - 2,
    }
    assert outcomes(lambda n: emma.call("select wedsync.register_supplier(%s, 'baker')", f"Cakes {n}")) == {
        "ok": 3,
        "PT409": CROWD - 3,
    }


@pytest.mark.proves("C-56")
def test_forms_fields_steps_and_responses(database: Database) -> None:
    wedding = Wedding.new(database)
    chef = wedding.supplier("basic")
    for setting in ("forms_per_supplier", "fields_per_form", "journey_steps_per_wedding", "responses_per_form"):
        cap(database, setting, 3)
    form = chef.owner.call("insert into wedsync.forms (supplier_id, name) values (%s, 'Menu') returning id", chef.id)
    chef.owner.call("insert into wedsync.form_fields (form_id, name) values (%s, 'soup') returning name", form)
    two, three = {"ok": 2, "PT409": CROWD - 2}, {"ok": 3, "PT409": CROWD - 3}
    new_form = "insert into wedsync.forms (supplier_id, name) values (%s, %s) returning id"
    assert outcomes(lambda n: chef.owner.call(new_form, chef.id, f"Form {n}")) == two
    new_field = "insert into wedsync.form_fields (form_id, name) values (%s, %s) returning name"
    assert outcomes(lambda n: chef.owner.call(new_field, form, f"field {n}")) == two
    step = "select wedsync.set_journey_progress(%s, %s, %s, 'done')"
    assert outcomes(lambda n: chef.owner.call(step, chef.id, wedding.id, f"step {n}")) == three
    answer = 'select wedsync.submit_form_response(%s, %s, \'{"soup": "leek"}\')'
    assert outcomes(lambda _: wedding.emma.call(answer, form, wedding.id)) == three


@pytest.mark.proves("C-56")
def test_suppliers_that_ask_one_wedding(database: Database) -> None:
    wedding = Wedding.new(database)
    cap(database, "requests_waiting_per_wedding", 3)
    database.query(
        "update wedsync_data.core_fields set sharing_preferences ="
        ' \'{"auto_share_basic": false, "require_approval": true}\' where couple_id = %s',
        wedding.id,
    )
    askers = [Person.new(database) for _ in range(CROWD)]
    shops = [asker.call("select wedsync.register_supplier('Flowers', 'florist')") for asker in askers]
    ask = "select wedsync.request_access(%s, %s, '{wedding.date}')"
    assert outcomes(lambda n: askers[n].call(ask, wedding.id, shops[n])) == {"ok": 3, "PT409": CROWD - 3}
