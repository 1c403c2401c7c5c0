"""Writers that wait for a wedding's lock: rights are those of the moment they get it, and nobody waits crosswise."""

from __future__ import annotations

import psycopg
import pytest
from harness.database import Database, Person
from harness.waiting import lock_held, start_and_wait
from harness.weddings import Wedding


@pytest.mark.proves("F000-86")
@pytest.mark.parametrize(
    "statement",
    [
        """select wedsync.update_core_fields(%s, '{"wedding.guestCount.adults": 77}')""",
        "select wedsync.add_list_element(%s, 'key_moments', '{\"name\": \"Cake\"}')",
    ],
)
def test_a_supplier_that_waited_while_its_access_ended_writes_nothing(database: Database, statement: str) -> None:
    wedding, supplier = Wedding.new(database), Person.new(database)
    couple = wedding.id
    shop = supplier.call("select wedsync.register_supplier('Cakes', 'baker')")
    wedding.emma.call("select wedsync.grant_access(%s, %s, '{standard}', '{guest_numbers,timeline}')", couple, shop)
    claims = f'{{"sub": "{wedding.emma.id}", "role": "authenticated"}}'
    with lock_held(database, couple) as holder:
        writer = start_and_wait(database, lambda: supplier.call(statement, couple))
        holder.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        holder.execute("set local role authenticated")
        holder.execute("select wedsync.revoke_access(%s, %s)", (couple, shop))
    writer.join()
    assert writer.failure == "PT404"


@pytest.mark.proves("F000-86")
def test_a_partner_who_was_removed_while_waiting_grants_nothing(database: Database) -> None:
    wedding, james = Wedding.new(database), Person.new(database)
    couple = wedding.id
    wedding.admit(james, "partner")
    shop = Person.new(database).call("select wedsync.register_supplier('Cakes', 'baker')")
    claims = f'{{"sub": "{wedding.emma.id}", "role": "authenticated"}}'
    with lock_held(database, couple) as holder:
        writer = start_and_wait(
            database, lambda: james.call("select wedsync.grant_access(%s, %s, '{full}')", couple, shop)
        )
        holder.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        holder.execute("set local role authenticated")
        holder.execute("select wedsync.remove_wedding_member(%s, %s)", (couple, james.id))
    writer.join()
    assert writer.failure == "PT404"
    assert database.value("select count(*) from wedsync_data.grants where couple_id = %s", couple) == 0


@pytest.mark.proves("F000-86")
@pytest.mark.parametrize("revert", [False, True])
def test_a_patch_and_an_update_of_the_table_never_deadlock(database: Database, revert: bool) -> None:
    wedding = Wedding.new(database)
    couple = wedding.id
    wedding.emma.call("""select wedsync.update_core_fields(%s, '{"wedding.style": ["rustic"]}')""", couple)
    audit_id = database.value("select max(id) from wedsync_data.audit_log where couple_id = %s", couple)
    patch = """select wedsync.update_core_fields(%s, '{"wedding.guestCount.adults": 77}')"""
    direct = "update wedsync_data.core_fields set partner2_name = 'Jim' where couple_id = %s"
    with lock_held(database, couple):
        first = start_and_wait(
            database,
            (lambda: wedding.emma.call("select wedsync.revert_change(%s, %s)", couple, audit_id))
            if revert
            else (lambda: wedding.emma.call(patch, couple)),
        )
        second = start_and_wait(database, lambda: database.query(direct, couple), 2)
    first.join()
    second.join()
    assert (first.failure, second.failure) == (None, None)


@pytest.mark.proves("C-53")
def test_the_list_that_is_shown_last_is_the_newest(database: Database) -> None:
    """Two statements on the table of a list: the one that waited shows both elements as they are, not as it first read them."""
    wedding = Wedding.new(database)
    add = "select wedsync.add_list_element(%s, 'key_moments', %s) ->> 'id'"
    cake, dance = (wedding.emma.call(add, wedding.id, f'{{"name": "{name}"}}') for name in ("Cake", "Dance"))
    rename = "update wedsync_data.key_moments set name = %s where id = %s"
    with psycopg.connect(database.dsn) as first:
        first.execute(rename, ("Cake at nine", cake))
        second = start_and_wait(database, lambda: database.query(rename, "Last dance", dance))
    second.join()
    assert second.failure is None
    shown = wedding.emma.call("select key_moments from wedsync.core_fields where couple_id = %s", wedding.id)
    assert [element["name"] for element in shown] == ["Cake at nine", "Last dance"]
