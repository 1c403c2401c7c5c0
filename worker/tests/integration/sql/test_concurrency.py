"""Many sessions on one wedding: nothing is lost, counted twice or out of order, and rules about numbers of people hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.crowds import states, together
from harness.database import Database, Person
from harness.weddings import Wedding

WRITERS = 20
ROUNDS = 5


def second_partner(wedding: Wedding) -> Person:
    james = Person.new(wedding.emma.database)
    wedding.admit(james, "partner")
    return james


def update(person: Person, couple: UUID, patch: dict[str, Any], base: int | None = None) -> Any:
    return person.call("select wedsync.update_core_fields(%s, %s, %s)", couple, json.dumps(patch), base)


def assert_sound(database: Database, couple: UUID) -> None:
    """What holds of a wedding after any crowd: no gap, no repeat, one order for everything, and history that is the state."""
    events, last_seq = database.query(
        "select array_agg(e.seq order by e.id), (select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = %s)"
        " from wedsync_data.events as e where e.couple_id = %s",
        couple,
        couple,
    )[0]
    assert events == list(range(1, last_seq + 1)), "seq is gapless and in order of writing"
    versions = [
        row[0]
        for row in database.query(
            "select distinct l.version_after from wedsync_data.audit_log as l"
            " where l.couple_id = %s and l.right_no is not null order by 1",
            couple,
        )
    ]
    assert versions == list(range(1, versions[-1] + 1)), "every version is there once"
    broken = database.value(
        "select count(*) from (select l.old_value, lag(l.new_value) over w as before, lag(l.id) over w as earlier"
        " from wedsync_data.audit_log as l where l.couple_id = %s and l.right_no is not null"
        " window w as (partition by l.path order by l.id)) as l"
        " where l.earlier is not null and nullif(l.old_value, 'null') is distinct from nullif(l.before, 'null')",
        couple,
    )
    assert broken == 0, "every change starts from what the one before left"
    verdict = database.call(None, "select wedsync.verify_audit_chain(%s)", couple, role="service_role")
    assert verdict["valid"], verdict
    now, folded = (
        database.call(None, f"select {call}", couple, role="service_role")
        for call in ("wedsync.get_core_fields(%s)", "wedsync.core_fields_as_of(%s, 'infinity')")
    )
    assert (now["wedding"]["style"], now["private"], now["metadata"]["version"]) == (
        folded["wedding"]["style"],
        folded["private"],
        folded["metadata"]["version"],
    )


@pytest.mark.proves("F000-78", "F000-81", "F000-86", "F000-80", "C-55")
def test_twenty_writers_on_one_wedding(database: Database) -> None:
    wedding = Wedding.new(database)
    james = second_partner(wedding)
    caterer = wedding.supplier("basic")
    wedding.emma.call("select wedsync.grant_access(%s, %s, '{basic}', '{guest_numbers}')", wedding.id, caterer.id)

    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for turn in range(ROUNDS):
                match number % 5:
                    case 0:
                        update(wedding.emma, wedding.id, {"private.notes": f"{number} {turn}"})
                    case 1:
                        update(james, wedding.id, {"wedding_style": [f"{number}-{turn}"], "budget.total": number})
                    case 2:
                        update(caterer.owner, wedding.id, {"guest_count": {"adults": number * 10 + turn}})
                    case 3:
                        wedding.emma.call(
                            "select wedsync.add_list_element(%s, 'key_moments', %s)",
                            wedding.id,
                            json.dumps({"name": f"{number}-{turn}"}),
                        )
                    case _:
                        database.call(
                            None,
                            "update wedsync_data.core_fields set private_notes = %s where couple_id = %s returning 1",
                            f"server {number} {turn}",
                            wedding.id,
                            role="service_role",
                        )

        return write

    assert states(together([writer(number) for number in range(WRITERS)])) == {"ok": WRITERS}
    assert_sound(database, wedding.id)
    moments = wedding.emma.call("select jsonb_array_length(key_moments) from wedsync.core_fields")
    assert moments == WRITERS // 5 * ROUNDS
    assert database.value(
        "select count(*) = count(distinct order_key) from wedsync_data.key_moments where couple_id = %s", wedding.id
    )


@pytest.mark.proves("F000-45", "F000-86", "C-26")
def test_one_of_many_changes_of_a_field_from_the_same_base_passes(database: Database) -> None:
    wedding = Wedding.new(database)
    base = wedding.adults(100)["version"]
    results = together(
        [lambda n=n: update(wedding.emma, wedding.id, {"guest_count": {"adults": n}}, base) for n in range(200, 208)]
    )
    assert states(results) == {"ok": 1, "PT409": 7}
    stored = wedding.emma.call("select guest_count ->> 'adults' from wedsync.core_fields")
    winner = next(result for result in results if isinstance(result, dict))
    assert str(winner["data"]["wedding"]["guestCount"]["adults"]) == stored
    for lost in results:
        if isinstance(lost, psycopg.Error):
            conflict = json.loads(lost.diag.message_detail or "")["conflicts"][0]
            assert str(conflict["current"]) == stored
            assert conflict["base"] == 100
    assert_sound(database, wedding.id)


@pytest.mark.proves("F000-45", "F000-86")
def test_different_fields_from_the_same_base_all_pass(database: Database) -> None:
    wedding = Wedding.new(database)
    base = wedding.adults(100)["version"]
    patches: list[dict[str, Any]] = [
        {"guest_count": {"children": 9}},
        {"wedding_style": ["boho"]},
        {"private.notes": "x"},
        {"ceremony_venue": {"name": "Barn"}},
        {"ceremony_venue": {"notes": "back door"}},
        {"budget.total": 5},
        {"budget.currency": "GBP"},
        {"couple": {"partner2": {"name": "Jim"}}},
    ]
    results = together([lambda p=p: update(wedding.emma, wedding.id, p, base) for p in patches])
    assert states(results) == {"ok": len(patches)}
    assert_sound(database, wedding.id)
    venue = wedding.emma.call("select ceremony_venue from wedsync.core_fields")
    assert venue == {"name": "Barn", "notes": "back door"}, "two keys of one column do not overwrite each other"
    assert wedding.emma.call("select guest_count ->> 'total' from wedsync.core_fields") == "109"


@pytest.mark.proves("C-29")
def test_two_partners_at_most_whoever_is_invited_when(database: Database) -> None:
    wedding = Wedding.new(database)
    invited = [(Person.new(database), wedding.invitation("partner")) for _ in range(6)]
    results = together([lambda p=p, t=t: p.call("select wedsync.accept_invitation(%s)", t) for p, t in invited])
    assert states(results) == {"ok": 1, "PT409": 5}
    count = "select count(*) from wedsync_data.wedding_members where couple_id = %s and wedding_role = 'partner'"
    assert database.value(count, wedding.id) == 2

    # both leave at once: the last one stays
    partners = [
        Person(database, row[0])
        for row in database.query(
            "select user_id from wedsync_data.wedding_members where couple_id = %s and wedding_role = 'partner'",
            wedding.id,
        )
    ]
    results = together(
        [lambda p=p: p.call("select wedsync.remove_wedding_member(%s, %s)", wedding.id, p.id) for p in partners]
    )
    assert states(results) == {"ok": 1, "PT409": 1}
    assert database.value(count, wedding.id) == 1


@pytest.mark.proves("C-29")
def test_the_last_owner_stays_when_all_leave_at_once(database: Database) -> None:
    wedding = Wedding.new(database)
    caterer = wedding.supplier()
    owners = [caterer.owner, *(Person.new(database) for _ in range(3))]
    for owner in owners[1:]:
        caterer.hire(owner, "owner")
    results = together(
        [lambda p=p: p.call("select wedsync.remove_supplier_member(%s, %s)", caterer.id, p.id) for p in owners]
    )
    assert states(results) == {"ok": 3, "PT409": 1}


@pytest.mark.proves("F000-35", "F000-86", "C-63")
def test_decisions_about_one_request_at_once(database: Database) -> None:
    wedding = Wedding.new(database)
    wedding.update({"sharing.requireApproval": True})
    james = second_partner(wedding)
    caterer = wedding.supplier()
    caterer.owner.call("select wedsync.request_access(%s, %s, '{basic,timeline}')", wedding.id, caterer.id)
    approve = "select wedsync.approve_access(%s, %s, request_version => 1)"
    results = together(
        [
            lambda: wedding.emma.call(approve, wedding.id, caterer.id),
            lambda: james.call(approve, wedding.id, caterer.id),
            lambda: james.call("select wedsync.reject_access(%s, %s)", wedding.id, caterer.id),
        ]
    )
    assert states(results) == {"ok": 1, "PT409": 2}
    grants = database.query(
        "select field_name, state from wedsync_data.grants where couple_id = %s order by field_name", wedding.id
    )
    assert [name for name, _ in grants] == ["basic", "timeline"]
    assert len({state for _, state in grants}) == 1
    assert_sound(database, wedding.id)


@pytest.mark.proves("F000-43")
def test_a_record_is_made_once(database: Database) -> None:
    wedding = Wedding.new(database)
    database.query("delete from wedsync_data.core_fields where couple_id = %s", wedding.id)
    results = together(
        [lambda: wedding.emma.call("select wedsync.ensure_core_fields(%s)", wedding.id) for _ in range(8)]
    )
    assert states(results) == {"ok": 8}
    assert len(set(map(str, results))) == 1
    assert_sound(database, wedding.id)


@pytest.mark.proves("F000-60", "F000-58", "C-56")
@pytest.mark.parametrize(("endpoint", "limit"), [("core-fields-write", 20), ("core-fields-read", 100)])
def test_the_limit_is_exact_under_concurrency(database: Database, endpoint: str, limit: int) -> None:
    wedding = Wedding.new(database)
    database.query("update wedsync_data.rate_limits set max_requests = %s where endpoint = %s", limit, endpoint)
    statement = (
        "select wedsync.update_core_fields(%s, '{}')"
        if endpoint.endswith("write")
        else "select wedsync.get_core_fields(%s)"
    )

    def caller() -> list[str]:
        outcomes = []
        for _ in range(limit // 8 + 2):
            try:
                wedding.emma.call(statement, wedding.id)
                outcomes.append("ok")
            except psycopg.Error as error:
                outcomes.append("429" if error.sqlstate == "PGRST" else str(error))
        return outcomes

    counted = Counter(outcome for result in together([caller] * 8) if isinstance(result, list) for outcome in result)
    assert counted == {"ok": limit, "429": 8 * (limit // 8 + 2) - limit}


@pytest.mark.proves("F000-70", "C-55")
def test_a_change_that_is_rolled_back_leaves_no_gap(database: Database) -> None:
    wedding = Wedding.new(database)

    def write(keep: bool) -> None:
        with database.caller(wedding.emma.id) as connection:
            connection.execute(
                "select wedsync.update_core_fields(%s, jsonb_build_object('private.notes', gen_random_uuid()))",
                (wedding.id,),
            )
            if not keep:
                connection.rollback()

    assert states(together([lambda k=k: write(k) for k in [True, False] * 8])) == {"ok": 16}
    assert_sound(database, wedding.id)
    assert database.value("select count(*) from wedsync_data.events where couple_id = %s", wedding.id) == 9


@pytest.mark.proves("F001-03")
def test_of_weddings_that_take_one_address_at_once_one_has_it(database18: Database) -> None:
    couples = [Wedding.new(database18) for _ in range(6)]

    def take(wedding: Wedding) -> Any:
        return wedding.emma.call(
            "insert into wedsync.websites (couple_id, slug, title) values (%s, 'emma-and-james', 'Us') returning id",
            wedding.id,
        )

    outcome = states(together([lambda w=wedding: take(w) for wedding in couples]))
    assert outcome["ok"] == 1
    assert set(outcome) <= {"ok", "PT409", "PT422"}, "a rule names the field; no constraint does"
