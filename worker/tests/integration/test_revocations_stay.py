"""People who lose a role or a right while their calls are under way: what was asked before a wait is asked again after it."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import psycopg
import pytest
from harness.crowds import states, together
from harness.database import Database, Person
from harness.waiting import lock_held, start_and_wait
from harness.weddings import Wedding


def as_person(connection: psycopg.Connection, person: Person) -> None:
    """Make an open transaction that person's."""
    claims = f'{{"sub": "{person.id}", "role": "authenticated"}}'
    connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    connection.execute("set local role authenticated")


@pytest.mark.proves("F000-86")
@pytest.mark.parametrize(
    ("statement", "with_couple"),
    [
        ("select wedsync.add_supplier_member(%(shop)s, %(sam)s, 'staff')", False),
        ("select wedsync.remove_supplier_member(%(shop)s, %(sam)s)", False),
        ("select wedsync.invite_supplier_member(%(shop)s)", False),
        ("select wedsync.request_access(%(couple)s, %(shop)s, '{timeline}')", True),
        ("select wedsync.set_client_profile(%(shop)s, %(couple)s, 'lead')", True),
        ("select wedsync.set_journey_progress(%(shop)s, %(couple)s, 'call', 'active')", True),
        ("""select wedsync.set_notification_preferences(%(couple)s, %(shop)s, '{"changes": false}')""", True),
    ],
)
def test_a_manager_who_was_removed_while_waiting_does_nothing(
    database: Database, statement: str, with_couple: bool
) -> None:
    wedding = Wedding.new(database)
    shop, maria, sam = wedding.supplier("basic"), Person.new(database), Person.new(database)
    shop.hire(maria, "manager")
    shop.hire(sam, "staff")
    names = {"shop": shop.id, "sam": sam.id, "couple": wedding.id}
    before = database.query("select field_name, state from wedsync_data.grants order by created_at, id")
    with psycopg.connect(database.dsn) as removing:
        as_person(removing, shop.owner)
        removing.execute("select wedsync.remove_supplier_member(%s, %s)", (shop.id, maria.id))
        writer = start_and_wait(database, lambda: call(maria, statement, names))
    writer.join()
    assert writer.failure == "PT404"
    assert database.query("select field_name, state from wedsync_data.grants order by created_at, id") == before
    assert database.value("select count(*) from wedsync_data.client_profiles") == 0
    assert database.value("select count(*) from wedsync_data.supplier_members where user_id = %s", sam.id) == 1


def call(person: Person, statement: str, names: Mapping[str, object]) -> None:
    """Run a statement with named parameters as a person."""
    with person.database.caller(person.id) as connection:
        connection.execute(statement, names)


@pytest.mark.proves("F000-86")
def test_a_manager_who_adds_herself_in_a_loop_is_gone_all_the_same(database: Database) -> None:
    wedding = Wedding.new(database)
    shop = wedding.supplier()
    statements = (
        "select wedsync.add_supplier_member(%(shop)s, %(self)s, 'staff')",
        "select wedsync.invite_supplier_member(%(shop)s) ->> 'token'",
    )
    for turn in range(6):
        maria = Person.new(database)
        shop.hire(maria, "manager")
        done = threading.Event()
        tokens: list[str] = []

        def clings(
            person: Person = maria, stop: threading.Event = done, kept: list[str] = tokens, turn: int = turn
        ) -> None:
            names = {"shop": shop.id, "self": person.id}
            while not stop.is_set():
                try:
                    with person.database.caller(person.id) as connection:
                        row = connection.execute(statements[turn % 2], names).fetchone()
                    if row and row[0]:
                        kept.append(row[0])
                except psycopg.Error as error:
                    if error.sqlstate not in ("PT404", "42501", "PT409"):
                        raise

        loops = [threading.Thread(target=clings) for _ in range(4)]
        for loop in loops:
            loop.start()
        shop.owner.call("select wedsync.remove_supplier_member(%s, %s)", shop.id, maria.id)
        for token in tuple(tokens):
            with pytest.raises(psycopg.Error):
                maria.call("select wedsync.accept_invitation(%s)", token)
        done.set()
        for loop in loops:
            loop.join()
        remains = "select count(*) from wedsync_data.supplier_members where user_id = %s"
        assert database.value(remains, maria.id) == 0


@pytest.mark.proves("F000-35", "F000-86", "C-63")
def test_one_of_many_who_hold_an_invitation_gets_in(database: Database) -> None:
    wedding = Wedding.new(database)
    token = wedding.invitation("friend")
    people = [Person.new(database) for _ in range(8)]
    accept = "select wedsync.accept_invitation(%s)"
    results = together([lambda p=person: p.call(accept, token) for person in people])
    assert states(results) == {"ok": 1, "PT404": 7}
    assert database.value("select count(*) from wedsync_data.wedding_members where wedding_role = 'friend'") == 1


@pytest.mark.proves("F000-86")
@pytest.mark.parametrize("kind", ["member", "supplier_member"])
def test_an_invitation_whose_maker_is_removed_meanwhile_lets_nobody_in(database: Database, kind: str) -> None:
    wedding = Wedding.new(database)
    james, guest = Person.new(database), Person.new(database)
    shop = wedding.supplier()
    if kind == "member":
        wedding.admit(james, "partner")
        token = james.call("select wedsync.invite_member(%s, 'planner') ->> 'token'", wedding.id)
        removal = ("select wedsync.remove_wedding_member(%s, %s)", (wedding.id, james.id))
        remover = wedding.emma
    else:
        shop.hire(james, "manager")
        token = james.call("select wedsync.invite_supplier_member(%s) ->> 'token'", shop.id)
        removal = ("select wedsync.remove_supplier_member(%s, %s)", (shop.id, james.id))
        remover = shop.owner
    with psycopg.connect(database.dsn) as removing:
        as_person(removing, remover)
        removing.execute(*removal)
        accepting = start_and_wait(database, lambda: guest.call("select wedsync.accept_invitation(%s)", token))
    accepting.join()
    assert accepting.failure == "PT404"


@pytest.mark.proves("F000-47", "F000-86", "C-54")
def test_two_changes_of_suppliers_at_once_both_end_up_in_the_record(database: Database) -> None:
    wedding = Wedding.new(database)
    first, second = wedding.supplier("basic"), wedding.supplier("basic")
    rename = "update wedsync_data.suppliers set business_name = %s where id = %s"
    with psycopg.connect(database.dsn) as connection:
        connection.execute(rename, ("First", first.id))
        writer = start_and_wait(database, lambda: database.query(rename, "Second", second.id))
    writer.join()
    assert writer.failure is None
    names = (
        "select array_agg(v ->> 'supplier_name' order by 1) from wedsync.core_fields, "
        "jsonb_array_elements(connected_vendors) as v"
    )
    assert wedding.emma.call(names) == ["First", "Second"]


def test_a_login_that_holds_advisory_locks_delays_no_revocation(database: Database) -> None:
    wedding = Wedding.new(database)
    shop = wedding.supplier("basic")
    with database.connect() as stranger:
        for name in ("wedsync access", f"wedsync access {wedding.id}", f"wedsync access {shop.owner.id}"):
            stranger.execute("select pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        with wedding.emma.database.caller(wedding.emma.id) as connection:
            connection.execute("set local lock_timeout = '5s'")
            connection.execute("select wedsync.revoke_access(%s, %s)", (wedding.id, shop.id))
    assert shop.owner.call("select count(*) from wedsync.core_fields") == 0


@pytest.mark.proves("C-46", "F000-86")
def test_a_stranger_waits_for_no_lock_of_a_wedding_or_a_supplier(database: Database) -> None:
    wedding, stranger = Wedding.new(database), Person.new(database)
    shop = wedding.supplier("basic")
    own = stranger.call("select wedsync.register_supplier('Nosy', 'caterer')")
    names = {"couple": wedding.id, "shop": shop.id, "own": own, "self": stranger.id}
    statements = (
        "select wedsync.remove_wedding_member(%(couple)s, %(self)s)",
        "select wedsync.remove_supplier_member(%(shop)s, %(self)s)",
        "select wedsync.join_session(%(couple)s)",
        "select wedsync.set_client_profile(%(own)s, %(couple)s, 'lead')",
        "select wedsync.set_journey_progress(%(own)s, %(couple)s, 'call', 'active')",
        """select wedsync.set_notification_preferences(%(couple)s, %(own)s, '{"changes": false}')""",
        "select wedsync.update_core_fields(%(couple)s, '{\"wedding.style\": null}')",
        "select wedsync.revoke_access(%(couple)s, %(own)s)",
    )
    with lock_held(database, wedding.id) as holder:
        holder.execute("select from wedsync_data.core_fields where couple_id = %s for update", (wedding.id,))
        holder.execute("select from wedsync_data.suppliers where id = %s for update", (shop.id,))
        for statement in statements:
            with database.caller(stranger.id) as connection:
                connection.execute("set local lock_timeout = '1s'")
                with pytest.raises(psycopg.Error) as refused:
                    connection.execute(statement, names)
                assert refused.value.sqlstate == "PT404", statement
                connection.rollback()
