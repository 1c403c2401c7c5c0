"""`verify` sees what was changed by hand, and migrating does not hide it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from harness.database import Database
from harness.trees import SmallTree

from wedsync.install.drift import Difference, find_drift
from wedsync.install.migrate import MigrateOptions, migrate

pytestmark = pytest.mark.every_version


@pytest.fixture
def tree(tmp_path: Path) -> SmallTree:
    return SmallTree(tmp_path / "sql")


def drift(database: Database) -> list[tuple[str, str, str]]:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        return [(found.object, found.aspect, found.change) for found in find_drift(connection)]


FUNCTION = "function wedsync.guest_count()"
TABLE = "table wedsync_data.guests"
CHANGES = {
    "body": (
        "create or replace function wedsync.guest_count() returns bigint language sql stable set search_path = '' "
        "as 'select 0::bigint'",
        (FUNCTION, "body", "changed"),
    ),
    "options": ("alter function wedsync.guest_count() security definer", (FUNCTION, "options", "changed")),
    "function grant": ("grant execute on function wedsync.guest_count() to public", (FUNCTION, "grants", "changed")),
    "function comment": ("comment on function wedsync.guest_count() is null", (FUNCTION, "comment", "removed")),
    "new function": (
        "create function wedsync.door() returns int language sql as 'select 1'",
        ("function wedsync.door()", "body", "added"),
    ),
    "gone function": ("drop function wedsync.a_summary()", ("function wedsync.a_summary()", "body", "removed")),
    "policy": (
        "drop policy everybody on wedsync_data.guests",
        ("policy everybody on wedsync_data.guests", "definition (deparsed)", "removed"),
    ),
    "policy rule": (
        "alter policy everybody on wedsync_data.guests using (name is null)",
        ("policy everybody on wedsync_data.guests", "definition (deparsed)", "changed"),
    ),
    "table grant": ("grant insert on wedsync_data.guests to anon", (TABLE, "grants", "changed")),
    "column grant": (
        "grant update (name) on wedsync_data.guests to anon",
        ("column wedsync_data.guests.name", "grants", "added"),
    ),
    "table comment": ("comment on table wedsync_data.guests is 'x'", (TABLE, "comment", "changed")),
    "row security": ("alter table wedsync_data.guests disable row level security", (TABLE, "options", "changed")),
    "owner": ("alter table wedsync_data.guests owner to postgres", (TABLE, "owner", "changed")),
    "column": (
        "alter table wedsync_data.guests add column extra text default 'x'",
        ("column wedsync_data.guests.extra", "definition (deparsed)", "added"),
    ),
    "constraint": (
        "alter table wedsync_data.guests add constraint odd check (id > 0)",
        ("constraint odd on wedsync_data.guests", "definition (deparsed)", "added"),
    ),
    "index": (
        "create index odd on wedsync_data.guests (name)",
        ("index wedsync_data.odd", "definition (deparsed)", "added"),
    ),
    "trigger": (
        "alter table wedsync_data.guests disable trigger note",
        ("trigger note on wedsync_data.guests", "definition (deparsed)", "changed"),
    ),
    "view": (
        "create or replace view wedsync.people as select id from wedsync_data.guests where id > 1",
        ("view wedsync.people", "definition (deparsed)", "changed"),
    ),
    "view options": (
        "alter view wedsync.people reset (security_barrier)",
        ("view wedsync.people", "options", "changed"),
    ),
    "schema grant": ("grant create on schema wedsync to public", ("schema wedsync", "grants", "changed")),
    "partition grant": (
        "grant select on wedsync_data.events_2 to anon",
        ("partitions of wedsync_data.events", "distinct owners, grants and options", "changed"),
    ),
}
_MORE = """
create function wedsync_internal.note() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger note before insert on wedsync_data.guests for each row execute function wedsync_internal.note();
create view wedsync.people with (security_barrier = true) as select id from wedsync_data.guests;
create table wedsync_data.events (id int) partition by range (id);
create table wedsync_data.events_1 partition of wedsync_data.events for values from (1) to (2);
create table wedsync_data.events_2 partition of wedsync_data.events for values from (2) to (3);
"""


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_by_hand_is_seen(empty_database: Database, tree: SmallTree, change: str) -> None:
    tree.write("schema/0004_more.sql", _MORE)
    migrate(empty_database.dsn, tree.load())
    assert drift(empty_database) == []
    statement, expected = CHANGES[change]
    empty_database.query(statement)
    assert expected in drift(empty_database)


def test_both_values_are_shown(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    empty_database.query("comment on table wedsync_data.guests is 'Friends.'")
    with psycopg.connect(empty_database.dsn, autocommit=True) as connection:
        assert find_drift(connection) == (Difference(TABLE, "comment", "Guests.", "Friends."),)


def test_a_new_partition_is_no_drift(empty_database: Database, tree: SmallTree) -> None:
    tree.write("schema/0004_more.sql", _MORE)
    migrate(empty_database.dsn, tree.load())
    empty_database.query(
        "set role wedsync_owner; create table wedsync_data.events_3 partition of wedsync_data.events for values from (3) to (4)"
    )
    assert drift(empty_database) == []


def test_migrating_does_not_hide_it_but_remaking_the_object_mends_it(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    empty_database.query("grant insert on wedsync_data.guests to anon")
    empty_database.query("create function wedsync.door() returns int language sql as 'select 1'")
    empty_database.query("comment on function wedsync.a_summary() is 'Mine.'")
    empty_database.query(CHANGES["body"][0])
    tree.append("functions/guests/guest_count.sql", "-- changed\n")
    tree.write("schema/0004_more.sql", _MORE)
    migrate(empty_database.dsn, tree.load())
    found = drift(empty_database)
    assert {name for name, _, _ in found} == {TABLE, "function wedsync.door()", "function wedsync.a_summary()"}


def test_repair_applies_every_repeatable_file_again(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    empty_database.query(CHANGES["body"][0])
    empty_database.query(CHANGES["policy"][0])
    migrate(empty_database.dsn, tree.load())
    assert len(drift(empty_database)) == 2
    report = migrate(empty_database.dsn, tree.load(), MigrateOptions(repair=True))
    assert len(report.applied) == 3
    assert drift(empty_database) == []


def test_renderings_of_another_major_version_are_not_compared(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    empty_database.query("update wedsync_internal.catalog_expected set value = '14' where object = 'server'")
    empty_database.query(CHANGES["policy rule"][0])
    empty_database.query(CHANGES["body"][0])
    assert drift(empty_database) == [(FUNCTION, "body", "changed")]
