"""`migrate` on real servers, with a small tree: what is applied, when again, and what is refused."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from harness.citus import distribute
from harness.database import Database
from harness.trees import SmallTree

from wedsync.errors import (
    DistributedTables,
    ForeignSchema,
    FrozenFileChanged,
    LockNotGained,
    NewerDatabase,
    StatementFailed,
    WeddingDay,
)
from wedsync.install.migrate import MigrateOptions, migrate, show_plan

pytestmark = pytest.mark.every_version

LEDGER = "select name, outcome from wedsync_internal.migrations order by id"


@pytest.fixture
def tree(tmp_path: Path) -> SmallTree:
    return SmallTree(tmp_path / "sql")


def test_everything_is_applied_once_and_owned_by_the_owner(empty_database: Database, tree: SmallTree) -> None:
    steps: list[tuple[int, int, str]] = []
    report = migrate(empty_database.dsn, tree.load(), on_progress=lambda *step: steps.append(step))
    assert report.applied == (
        "schema/0001_roles",
        "schema/0002_schemas",
        "schema/0003_guests",
        "functions/guests/guest_count",
        "functions/guests/a_summary",
        "policies/guests",
    )
    assert steps[0] == (0, 5, "schema/0001_roles")
    assert steps[-1] == (5, 5, "")
    assert empty_database.value("select wedsync.a_summary()") == "0 guests"
    owners = empty_database.query(
        "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace in ("
        "'wedsync_data'::regnamespace, 'wedsync_internal'::regnamespace)"
    )
    assert owners == [("wedsync_owner",)]


def test_a_second_run_changes_nothing(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    before = empty_database.query("select * from wedsync_internal.migrations order by id")
    assert show_plan(empty_database.dsn, tree.load()).empty
    assert migrate(empty_database.dsn, tree.load()).applied == ()
    assert empty_database.query("select * from wedsync_internal.migrations order by id") == before


def test_the_ledger_says_who_when_and_with_what(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    rows = empty_database.query(
        "select name, kind, number, checksum, outcome, applied_by, tool_version, finished_at >= started_at, run"
        " from wedsync_internal.migrations order by id"
    )
    assert [(row[0], row[1], row[2]) for row in rows[:3]] == [
        ("schema/0001_roles", "schema", 1),
        ("schema/0002_schemas", "schema", 2),
        ("schema/0003_guests", "schema", 3),
    ]
    assert rows[-1][:2] == ("finish", "finish")
    assert [row[3] for row in rows[:3]] == [file.checksum for file in tree.load().versioned]
    assert {row[4:6] for row in rows} == {("applied", "postgres")}
    assert all(row[7] for row in rows)
    assert len({row[8] for row in rows}) == 1


def test_a_changed_function_is_applied_again_with_its_dependents(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.append("functions/guests/guest_count.sql", "comment on function wedsync.guest_count() is 'Heads.';\n")
    plan = show_plan(empty_database.dsn, tree.load())
    assert [(action.file.name, action.reason) for action in plan.actions] == [
        ("functions/guests/guest_count", "changed"),
        ("functions/guests/a_summary", "requires a changed file"),
    ]
    assert empty_database.value("select obj_description('wedsync.guest_count()'::regprocedure)") == "How many."
    assert len(migrate(empty_database.dsn, tree.load()).applied) == 2
    assert empty_database.value("select obj_description('wedsync.guest_count()'::regprocedure)") == "Heads."
    assert show_plan(empty_database.dsn, tree.load()).empty


def test_a_changed_signature_drops_the_old_function_first(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.write(
        "functions/guests/guest_count.sql",
        "-- drop: function wedsync.guest_count()\n"
        "create or replace function wedsync.guest_count() returns integer language sql set search_path = ''\n"
        "as $$ select count(*)::integer from wedsync_data.guests $$;\n",
    )
    migrate(empty_database.dsn, tree.load())
    assert empty_database.value("select pg_typeof(wedsync.guest_count())::text") == "integer"


def test_without_the_drop_header_the_error_names_the_file(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.write(
        "functions/guests/guest_count.sql",
        "create or replace function wedsync.guest_count() returns integer language sql as $$ select 1 $$;\n",
    )
    with pytest.raises(StatementFailed, match=r"functions/guests/guest_count: cannot change return type"):
        migrate(empty_database.dsn, tree.load())
    # All repeatable files are one transaction: the old ones still stand.
    assert empty_database.value("select wedsync.a_summary()") == "0 guests"


def test_a_broken_file_keeps_what_came_before_and_tells_the_line(empty_database: Database, tree: SmallTree) -> None:
    tree.write("schema/0004_broken.sql", "create table wedsync_data.kept (id int);\nselect\n  nonsense;\n")
    with pytest.raises(StatementFailed, match=r'schema/0004_broken, line 3: column "nonsense" does not exist'):
        migrate(empty_database.dsn, tree.load())
    rows = dict(empty_database.query(LEDGER))
    assert rows["schema/0003_guests"] == "applied"
    assert rows["schema/0004_broken"] == "failed"
    assert "nonsense" in empty_database.value(
        "select error from wedsync_internal.migrations where name = 'schema/0004_broken'"
    )
    assert empty_database.value("select to_regclass('wedsync_data.kept')") is None
    plan = show_plan(empty_database.dsn, tree.load())
    assert [action.interrupted for action in plan.versioned] == [True]
    tree.write("schema/0004_broken.sql", "create table wedsync_data.kept (id int);\n")
    migrate(empty_database.dsn, tree.load())
    assert empty_database.value("select to_regclass('wedsync_data.kept')") is not None


def test_a_file_that_commits_is_refused(empty_database: Database, tree: SmallTree) -> None:
    tree.write("schema/0004_commits.sql", "commit;\n")
    with pytest.raises(Exception, match="begins or ends a transaction"):
        migrate(empty_database.dsn, tree.load())


@pytest.mark.proves("C-20")
def test_a_changed_applied_file_is_an_error_of_its_own(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.append("schema/0003_guests.sql", "-- a remark\n")
    with pytest.raises(FrozenFileChanged, match=r"schema/0003_guests.sql was changed after it was applied"):
        migrate(empty_database.dsn, tree.load())


@pytest.mark.parametrize("header", ["", "-- breaking\n"])
def test_an_older_tool_refuses_a_newer_database(empty_database: Database, tree: SmallTree, header: str) -> None:
    tree.write("schema/0004_new.sql", f"{header}create table wedsync_data.new (id int);\n")
    migrate(empty_database.dsn, tree.load())
    tree.remove("schema/0004_new.sql")
    with pytest.raises(NewerDatabase, match="schema/0004_new") as caught:
        migrate(empty_database.dsn, tree.load())
    assert ("version 4 is marked as breaking" in caught.value.message) is bool(header)


def test_a_file_outside_of_a_transaction(empty_database: Database, tree: SmallTree) -> None:
    tree.write(
        "schema/0004_index.sql",
        "-- no-transaction\ncreate index concurrently guests_name on wedsync_data.guests (name);\n",
    )
    migrate(empty_database.dsn, tree.load())
    assert empty_database.value(
        "select indisvalid from pg_index where indexrelid = 'wedsync_data.guests_name'::regclass"
    )
    assert dict(empty_database.query(LEDGER))["schema/0004_index"] == "applied"


def test_an_invalid_index_of_a_killed_attempt_is_made_anew(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    empty_database.query("insert into wedsync_data.guests values (1, 'Ada'), (2, 'Ada')")
    text = "-- no-transaction\ncreate unique index concurrently guests_name on wedsync_data.guests (name);\n"
    tree.write("schema/0004_index.sql", text)
    with pytest.raises(StatementFailed, match="could not create unique index"):
        migrate(empty_database.dsn, tree.load())
    assert not empty_database.value(
        "select indisvalid from pg_index where indexrelid = 'wedsync_data.guests_name'::regclass"
    )
    empty_database.query("delete from wedsync_data.guests where id = 2")
    migrate(empty_database.dsn, tree.load())
    assert empty_database.value(
        "select indisvalid from pg_index where indexrelid = 'wedsync_data.guests_name'::regclass"
    )


@pytest.mark.parametrize("schema", ["wedsync", "wedsync_data", "wedsync_internal"])
def test_a_schema_of_somebody_else_is_left_alone(empty_database: Database, tree: SmallTree, schema: str) -> None:
    empty_database.query(f"create schema {schema}")
    empty_database.query(f"create table {schema}.mine (id int)")
    with pytest.raises(ForeignSchema, match=f"has a schema {schema} that WedSync did not make"):
        migrate(empty_database.dsn, tree.load())
    schemas = empty_database.query("select nspname from pg_namespace where nspname like 'wedsync%'")
    assert schemas == [(schema,)]


def test_a_ledger_of_somebody_else_is_left_alone(empty_database: Database, tree: SmallTree) -> None:
    empty_database.query("create schema wedsync_internal")
    empty_database.query("create table wedsync_internal.migrations (version int)")
    with pytest.raises(ForeignSchema, match="wedsync_internal.migrations"):
        migrate(empty_database.dsn, tree.load())


def test_what_differs_is_mentioned(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    assert migrate(empty_database.dsn, tree.load()).drift == ()
    empty_database.query("grant insert on wedsync_data.guests to authenticated")
    for _ in range(2):
        (found,) = migrate(empty_database.dsn, tree.load()).drift
        assert (found.object, found.aspect) == ("table wedsync_data.guests", "grants")
        tree.write("schema/0004_more.sql", "create table wedsync_data.more (id integer);")


def test_twenty_at_once_give_one_installation(empty_database: Database, tree: SmallTree) -> None:
    loaded = tree.load()
    start = threading.Barrier(20)

    def one() -> int:
        start.wait()
        return len(migrate(empty_database.dsn, loaded).applied)

    with ThreadPoolExecutor(20) as pool:
        counts = [future.result() for future in [pool.submit(one) for _ in range(20)]]
    assert sorted(counts) == [0] * 19 + [6]
    assert len(empty_database.query(LEDGER)) == 7


def test_it_waits_for_a_locked_table_and_then_gives_up(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.write("schema/0004_column.sql", "alter table wedsync_data.guests add column seat int;\n")
    impatient = MigrateOptions(deadline=0.4, lock_timeout=50)
    with psycopg.connect(empty_database.dsn) as blocker:
        blocker.execute("lock table wedsync_data.guests in access share mode")
        with pytest.raises(LockNotGained, match="schema/0004_column: somebody else kept a lock"):
            migrate(empty_database.dsn, tree.load(), impatient)
        assert dict(empty_database.query(LEDGER))["schema/0004_column"] == "failed"

        def let_go() -> None:
            time.sleep(0.5)
            blocker.rollback()

        thread = threading.Thread(target=let_go)
        thread.start()
        migrate(empty_database.dsn, tree.load(), MigrateOptions(deadline=20, lock_timeout=50))
        thread.join()
    assert empty_database.query("select seat from wedsync_data.guests") == []


def test_a_session_that_takes_its_locks_the_other_way_round_does_not_stop_it(
    empty_database: Database, tree: SmallTree
) -> None:
    tree.write(
        "schema/0004_tables.sql", "create table wedsync_data.a (id int);\ncreate table wedsync_data.b (id int);\n"
    )
    migrate(empty_database.dsn, tree.load())
    # The pause is longer than deadlock_timeout: PostgreSQL does not look again in the session that waits.
    body = "alter table wedsync_data.a enable row level security;\nselect pg_catalog.pg_sleep(1.5);\n"
    tree.write("policies/guests.sql", f"{body}alter table wedsync_data.b enable row level security;\n")
    stop = threading.Event()

    def work() -> None:
        with psycopg.connect(empty_database.dsn) as worker:
            while not stop.is_set():
                worker.execute("select from wedsync_data.b")
                worker.execute("select from wedsync_data.a")
                worker.rollback()
                time.sleep(0.1)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        migrate(empty_database.dsn, tree.load(), MigrateOptions(deadline=6))
    finally:
        stop.set()
        thread.join()


def test_the_migration_lock_is_waited_for_until_the_deadline(empty_database: Database, tree: SmallTree) -> None:
    with empty_database.connect() as other:
        other.execute("select pg_advisory_lock(%s)", (int.from_bytes(b"wedsync", "big"),))
        with pytest.raises(LockNotGained, match="another migration of this database is running"):
            migrate(empty_database.dsn, tree.load(), MigrateOptions(deadline=0.2))
    migrate(empty_database.dsn, tree.load())


@pytest.mark.proves("F001-34")
def test_on_a_wedding_day_it_wants_to_be_told_twice(empty_database: Database, tree: SmallTree) -> None:
    tree.write(
        "functions/guests/weddings_protected_now.sql",
        "create or replace function wedsync_internal.weddings_protected_now() returns integer language sql as $$ select 2 $$;\n",
    )
    migrate(empty_database.dsn, tree.load())
    tree.append("functions/guests/guest_count.sql", "-- changed\n")
    with pytest.raises(WeddingDay, match="it is a wedding day for 2 weddings; nothing was changed"):
        migrate(empty_database.dsn, tree.load())
    assert not show_plan(empty_database.dsn, tree.load()).empty
    migrate(empty_database.dsn, tree.load(), MigrateOptions(allow_on_wedding_day=True))


def test_tables_of_citus_are_refused(empty_database: Database, tree: SmallTree) -> None:
    empty_database.query("create table guests_of_somebody (id int)")
    distribute(empty_database, "public.guests_of_somebody")
    migrate(empty_database.dsn, tree.load())
    tree.append("functions/guests/guest_count.sql", "-- changed\n")
    distribute(empty_database, "wedsync_data.guests")
    with pytest.raises(DistributedTables, match=r"1 table of the pack in Citus: wedsync_data\.guests") as refused:
        migrate(empty_database.dsn, tree.load())
    assert "cells" in (refused.value.hint or "")
    assert not show_plan(empty_database.dsn, tree.load()).empty


def test_partitions_are_made_and_postgrest_is_told_at_the_end(empty_database: Database, tree: SmallTree) -> None:
    tree.write(
        "functions/guests/ensure_partitions.sql",
        "create or replace function wedsync_internal.ensure_partitions() returns void language sql as "
        "$$ insert into wedsync_data.guests values (7, 'partition') $$;\n",
    )
    with empty_database.connect() as listener:
        listener.execute("listen pgrst")
        migrate(empty_database.dsn, tree.load())
        (notice,) = list(listener.notifies(timeout=5, stop_after=1))
    assert (notice.channel, notice.payload) == ("pgrst", "reload schema")
    assert empty_database.query("select id from wedsync_data.guests") == [(7,)]


def test_a_file_that_is_gone_is_reported(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.remove("functions/guests/a_summary.sql")
    assert show_plan(empty_database.dsn, tree.load()).orphans == ("functions/guests/a_summary",)
