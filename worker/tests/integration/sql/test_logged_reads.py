"""A supplier's list of weddings is in the access log once its transaction commits, and what is not logged is not read."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.database import Database
from harness.weddings import Supplier, Wedding

pytestmark = pytest.mark.every_version
LIST = "select couple_id from wedsync.core_fields"


@dataclass(frozen=True)
class Season:
    """A supplier with three weddings."""

    database: Database
    weddings: tuple[Wedding, ...]
    chef: Supplier

    @property
    def logged(self) -> list[UUID]:
        """Weddings in the supplier's part of the access log."""
        rows = self.database.query("select couple_id from wedsync_data.access_log where supplier_id = %s", self.chef.id)
        return sorted(row[0] for row in rows)

    def transaction(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A transaction of the supplier, for the test to commit."""
        connection = psycopg.connect(self.database.dsn)
        claims = json.dumps({"sub": str(self.chef.owner.id), "role": "authenticated"})
        connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        connection.execute("set local role authenticated")
        return connection

    @property
    def all(self) -> list[UUID]:
        return sorted(wedding.id for wedding in self.weddings)


@pytest.fixture
def season(database: Database) -> Season:
    weddings = tuple(Wedding.new(database) for _ in range(3))
    chef = weddings[0].supplier("basic")
    for wedding in weddings[1:]:
        wedding.grant(chef, "basic")
    return Season(database, weddings, chef)


@pytest.mark.proves("F001-23", "F003-65")
def test_a_list_is_logged_at_commit(season: Season) -> None:
    with season.database.caller(season.chef.owner.id) as reading:
        assert len(reading.execute(LIST).fetchall()) == 3
        assert len(season.logged) == 0
    assert season.logged == season.all
    sync = season.database.call(season.chef.owner.id, "select count(last_sync_at) from wedsync.core_fields")
    assert sync == 3
    assert season.database.query("select count(*) from wedsync_data.unlogged_reads") == [(0,)]


def test_a_list_is_logged_once_in_a_transaction(season: Season) -> None:
    with season.database.caller(season.chef.owner.id) as reading:
        for _ in range(2):
            reading.execute(LIST)
            reading.execute("select a.couple_id from wedsync.core_fields as a, wedsync.core_fields as b")
    assert season.logged == season.all


@pytest.mark.parametrize("when", ["deferred", "immediate"])
def test_a_caller_who_chooses_the_moment_is_logged(season: Season, when: str) -> None:
    with season.database.caller(season.chef.owner.id) as reading:
        reading.execute(f"set constraints all {when}")
        reading.execute(LIST)
        reading.execute("set constraints all immediate")
    assert season.logged == season.all


def test_a_list_in_a_savepoint_that_is_rolled_back_does_not_stop_the_log(season: Season) -> None:
    with season.database.caller(season.chef.owner.id) as reading:
        reading.execute(f"{LIST} where couple_id = %s", (season.all[0],))
        with reading.transaction(force_rollback=True):
            reading.execute(LIST)
        reading.execute(f"{LIST} where couple_id = any (%s)", (season.all[1:],))
    assert season.logged == season.all


def test_a_cursor_is_logged_as_far_as_it_was_read(season: Season) -> None:
    with season.database.caller(season.chef.owner.id) as reading:
        reading.execute(f"declare list cursor for {LIST}")
        shown = [reading.execute("fetch list").fetchone() for _ in range(2)]
    assert season.logged == sorted(row[0] for row in shown if row)


@pytest.mark.parametrize("ending", ["commit", "another reader"])
def test_each_reader_of_a_transaction_is_logged(season: Season, ending: str) -> None:
    baker = season.weddings[0].supplier("timeline")
    with season.database.caller(season.chef.owner.id) as reading:
        reading.execute(LIST)
        if ending == "another reader":
            claims = f'{{"sub": "{baker.owner.id}", "role": "authenticated"}}'
            reading.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
            reading.execute(LIST)
    assert season.logged == season.all
    users = season.database.query("select user_id from wedsync_data.access_log where supplier_id = %s", baker.id)
    assert users == ([(baker.owner.id,)] if ending == "another reader" else [])


def test_a_list_that_cannot_be_logged_is_not_committed(season: Season) -> None:
    with closing(season.transaction()) as reading:
        reading.execute(LIST)
        season.weddings[-1].revoke(season.chef)
        with pytest.raises(psycopg.DatabaseError, match="state"):
            reading.commit()
    assert season.logged == []


@pytest.mark.parametrize("forged", [" nothing/{}", " core_fields/{}", " core_fields"])
def test_nothing_of_a_callers_own_enters_the_log(season: Season, forged: str) -> None:
    foreign = Wedding.new(season.database)
    with closing(season.transaction()) as reading:
        reading.execute(LIST)
        noted = "select set_config('wedsync.views_read', current_setting('wedsync.views_read') || %s, true)"
        reading.execute(noted, (forged.format(foreign.id if "core" in forged else season.all[0]),))
        with pytest.raises(psycopg.DatabaseError):
            reading.commit()
    assert season.logged == []
