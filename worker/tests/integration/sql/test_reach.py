"""Rights that change at the same time in different ways: what is stored is what they add up to, whoever commits last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.database import Database, Person
from harness.waiting import start_and_wait
from harness.weddings import Supplier, Wedding


@dataclass(frozen=True)
class Stage:
    """A wedding with two suppliers, and somebody who works for neither yet."""

    database: Database
    wedding: Wedding
    chef: Supplier
    baker: Supplier
    cook: Person

    @property
    def drift(self) -> list[str]:
        return [row[0] for row in self.database.query("select object from wedsync_internal.reach_drift()")]

    def reads(self, person: Person) -> bool:
        return bool(person.call("select count(*) from wedsync.core_fields where couple_id = %s", self.wedding.id))

    @contextmanager
    def by_hand(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A transaction of an administrator, committed at the end."""
        with psycopg.connect(self.database.dsn) as connection:
            connection.execute("set local role wedsync_admin")
            yield connection


@pytest.fixture
def stage(database: Database) -> Stage:
    wedding = Wedding.new(database)
    return Stage(database, wedding, wedding.supplier(), wedding.supplier("timeline"), Person.new(database))


HIRED = "insert into wedsync_data.supplier_members (supplier_id, user_id) values (%s, %s)"


def test_somebody_joins_a_supplier_while_it_is_granted_access(stage: Stage) -> None:
    token = stage.chef.invitation("staff")
    with stage.database.caller(stage.wedding.emma.id) as granting:
        granting.execute("select wedsync.grant_access(%s, %s, '{basic}')", (stage.wedding.id, stage.chef.id))
        joining = start_and_wait(stage.database, lambda: stage.cook.call("select wedsync.accept_invitation(%s)", token))
    joining.join()
    assert joining.failure is None
    assert stage.reads(stage.cook)
    assert stage.drift == []


def test_a_supplier_is_granted_access_while_somebody_joins_it(stage: Stage) -> None:
    token = stage.chef.invitation("staff")
    with stage.database.caller(stage.cook.id) as joining:
        joining.execute("select wedsync.accept_invitation(%s)", (token,))
        granting = start_and_wait(stage.database, lambda: stage.wedding.grant(stage.chef, "basic"))
    granting.join()
    assert granting.failure is None
    assert stage.reads(stage.cook)
    assert stage.drift == []


@pytest.mark.parametrize("by_hand_first", [False, True])
def test_an_administrator_puts_somebody_into_a_supplier_meanwhile(stage: Stage, by_hand_first: bool) -> None:
    def hire() -> None:
        with stage.by_hand() as connection:
            connection.execute(HIRED, (stage.chef.id, stage.cook.id))

    def grant() -> None:
        stage.wedding.grant(stage.chef, "basic")

    if by_hand_first:
        with stage.by_hand() as connection:
            connection.execute(HIRED, (stage.chef.id, stage.cook.id))
            other = start_and_wait(stage.database, grant)
    else:
        with stage.database.caller(stage.wedding.emma.id) as granting:
            granting.execute("select wedsync.grant_access(%s, %s, '{basic}')", (stage.wedding.id, stage.chef.id))
            other = start_and_wait(stage.database, hire)
    other.join()
    assert other.failure is None
    assert stage.reads(stage.cook)
    assert stage.drift == []


def test_an_administrator_approves_a_request_while_somebody_joins(stage: Stage) -> None:
    wedding, chef = stage.wedding, stage.chef
    chef.owner.call("select wedsync.request_access(%s, %s, '{people}')", wedding.id, chef.id)
    token = chef.invitation("staff")

    def approve() -> None:
        with stage.by_hand() as connection:
            connection.execute("update wedsync_data.grants set state = 'approved' where grantee_id = %s", (chef.id,))

    with stage.database.caller(stage.cook.id) as joining:
        joining.execute("select wedsync.accept_invitation(%s)", (token,))
        approving = start_and_wait(stage.database, approve)
    approving.join()
    assert approving.failure is None
    assert stage.reads(stage.cook)
    assert stage.drift == []


def test_one_person_joins_two_suppliers_at_once(stage: Stage) -> None:
    stage.wedding.grant(stage.chef, "basic")
    tokens = stage.chef.invitation("staff"), stage.baker.invitation("staff")
    with stage.database.caller(stage.cook.id) as first:
        first.execute("select wedsync.accept_invitation(%s)", (tokens[0],))
        second = start_and_wait(
            stage.database, lambda: stage.cook.call("select wedsync.accept_invitation(%s)", tokens[1])
        )
    second.join()
    assert second.failure is None
    suppliers = stage.database.value("select supplier_ids from wedsync_data.reach where user_id = %s", stage.cook.id)
    assert set(suppliers) == {stage.chef.id, stage.baker.id}
    assert stage.drift == []


def test_an_administrator_puts_one_person_into_two_suppliers_at_once(stage: Stage) -> None:
    stage.wedding.grant(stage.chef, "basic")

    def hire() -> None:
        with stage.by_hand() as connection:
            connection.execute(HIRED, (stage.baker.id, stage.cook.id))

    with stage.by_hand() as first:
        first.execute(HIRED, (stage.chef.id, stage.cook.id))
        second = start_and_wait(stage.database, hire)
    second.join()
    assert second.failure is None
    assert stage.drift == []


def test_who_leaves_one_supplier_while_the_other_is_granted_more(stage: Stage) -> None:
    stage.wedding.grant(stage.chef, "basic")
    stage.chef.hire(stage.cook, "staff")
    stage.baker.hire(stage.cook, "staff")
    with stage.database.caller(stage.cook.id) as leaving:
        leaving.execute("select wedsync.remove_supplier_member(%s, %s)", (stage.chef.id, stage.cook.id))
        granting = start_and_wait(stage.database, lambda: stage.wedding.grant(stage.baker, "people"))
    granting.join()
    assert granting.failure is None
    assert stage.drift == []


def test_who_leaves_one_supplier_while_the_grant_of_the_other_gets_an_end(stage: Stage) -> None:
    stage.wedding.grant(stage.chef, "basic")
    stage.chef.hire(stage.cook, "staff")
    stage.baker.hire(stage.cook, "staff")
    text = "update wedsync_data.grants set valid_until = now() + interval '1 hour' where grantee_id = %s"

    def limit() -> None:
        with stage.by_hand() as connection:
            connection.execute(text, (stage.baker.id,))

    with stage.database.caller(stage.cook.id) as leaving:
        leaving.execute("select wedsync.remove_supplier_member(%s, %s)", (stage.chef.id, stage.cook.id))
        limiting = start_and_wait(stage.database, limit)
    limiting.join()
    assert limiting.failure is None
    assert stage.drift == []


ROLE = "update wedsync_data.wedding_roles set readable_names = '{timeline,people}' where wedding_role = 'friend'"


@pytest.mark.parametrize("change", ["membership", "grant"])
def test_a_role_changes_meanwhile(stage: Stage, change: str) -> None:
    stage.chef.hire(stage.cook, "staff")
    if change == "grant":
        stage.wedding.admit(stage.cook, "friend")
        token = ""
    else:
        token = stage.wedding.invitation("friend")

    def alter() -> None:
        with stage.by_hand() as connection:
            connection.execute(ROLE)

    subject = stage.cook.id if token else stage.wedding.emma.id
    with stage.database.caller(subject) as changing:
        if token:
            changing.execute("select wedsync.accept_invitation(%s)", (token,))
        else:
            changing.execute("select wedsync.grant_access(%s, %s, '{basic}')", (stage.wedding.id, stage.chef.id))
        altering = start_and_wait(stage.database, alter)
    altering.join()
    assert altering.failure is None
    assert stage.drift == []


ENDS: dict[str, str] = {
    "revoked": "update wedsync_data.grants set state = 'revoked' where couple_id = %(couple)s",
    "ended": (
        "update wedsync_data.grants set valid_from = now() - interval '1 day', valid_until = now()"
        " where couple_id = %(couple)s"
    ),
    "dismissed": "delete from wedsync_data.supplier_members where user_id = %(user)s",
    "supplier deleted": "delete from wedsync_data.suppliers where id = %(supplier)s",
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "statement",
    [
        """select wedsync.update_core_fields(%s, '{"wedding.guestCount.adults": 77}')""",
        "update wedsync.core_fields set guest_count = '{\"adults\": 77}' where couple_id = %s",
        "select wedsync.get_core_fields(%s)",
    ],
)
def test_nothing_is_read_or_written_by_a_right_that_has_ended(stage: Stage, end: str, statement: str) -> None:
    wedding, chef = stage.wedding, stage.chef
    wedding.emma.call("select wedsync.grant_access(%s, %s, '{basic}', '{guest_numbers}')", wedding.id, chef.id)
    chef.hire(stage.cook, "staff")
    parameters = {"couple": wedding.id, "user": stage.cook.id, "supplier": chef.id}
    adults = "select guest_count -> 'adults' from wedsync_data.core_fields where couple_id = %s"

    def use() -> str:
        """What using the right comes to: done, nothing, or a SQLSTATE."""
        try:
            with stage.database.caller(stage.cook.id) as connection:
                cursor = connection.execute(statement, (wedding.id,))
                return "done" if cursor.rowcount else "nothing"
        except psycopg.Error as error:
            return error.sqlstate or "?"

    assert use() == "done", "control: while the right lasts"
    with stage.by_hand() as ending:
        if end in ("dismissed", "supplier deleted"):
            ending.execute("reset role")
        ending.execute(ENDS[end], parameters)
        if not statement.startswith("select wedsync.get"):
            # a write that began before the commit gives up or goes by what holds after it
            ending.commit()
    stage.database.query(
        "update wedsync_data.core_fields set guest_count = '{\"adults\": 5}' where couple_id = %s", wedding.id
    )
    assert use() in {"nothing", "PT404", "42501"}
    assert stage.database.value(adults, wedding.id) == 5
    assert stage.drift == []


def test_a_write_that_waits_for_the_end_of_its_right_is_refused(stage: Stage) -> None:
    wedding, chef = stage.wedding, stage.chef
    wedding.emma.call("select wedsync.grant_access(%s, %s, '{basic}', '{guest_numbers}')", wedding.id, chef.id)
    chef.hire(stage.cook, "staff")
    patch = json.dumps({"wedding.guestCount.adults": 77})
    call: Callable[[], Any] = lambda: stage.cook.call("select wedsync.update_core_fields(%s, %s)", wedding.id, patch)  # noqa: E731
    with stage.by_hand() as ending:
        # the row of the record is held, so that the write has begun when its right ends
        ending.execute("select from wedsync_data.core_fields where couple_id = %s for update", (wedding.id,))
        writing = start_and_wait(stage.database, call)
        ending.execute("update wedsync_data.grants set state = 'revoked' where couple_id = %s", (wedding.id,))
    writing.join()
    assert writing.failure == "PT404"


def test_a_reader_sees_the_end_with_the_commit(stage: Stage) -> None:
    stage.wedding.grant(stage.chef, "basic")
    with stage.database.caller(stage.wedding.emma.id) as revoking:
        revoking.execute("select wedsync.revoke_access(%s, %s)", (stage.wedding.id, stage.chef.id))
        assert stage.reads(stage.chef.owner), "not before"
    assert not stage.reads(stage.chef.owner)


def test_couple_ids_of_one_person_in_many_weddings(database: Database) -> None:
    """A supplier with several weddings: who joins reaches all of them, who leaves none."""
    weddings = [Wedding.new(database) for _ in range(4)]
    chef = weddings[0].supplier()
    for wedding in weddings:
        wedding.grant(chef, "basic")
    cook = Person.new(database)
    chef.hire(cook, "staff")

    def reached() -> set[UUID]:
        with database.caller(cook.id) as connection:
            return {row[0] for row in connection.execute("select couple_id from wedsync.core_fields").fetchall()}

    assert reached() == {wedding.id for wedding in weddings}
    chef.owner.call("select wedsync.remove_supplier_member(%s, %s)", chef.id, cook.id)
    assert reached() == set()
    assert database.value("select count(*) from wedsync_data.reach where user_id = %s", cook.id) == 0
