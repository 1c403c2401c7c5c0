"""Commands that wait for a lock do not wait for ever, and say whom they waited for."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from harness.command import wedsync
from harness.database import Database
from harness.trees import SmallTree

from wedsync.errors import LockNotGained
from wedsync.install.ledger import LOCK_KEY
from wedsync.install.migrate import MigrateOptions, migrate


@pytest.fixture
def tree(tmp_path: Path) -> SmallTree:
    return SmallTree(tmp_path / "sql")


def session(database: Database, name: str) -> psycopg.Connection:
    return psycopg.connect(database.dsn, application_name=name)


def named(connection: psycopg.Connection, name: str) -> str:
    return f"pid {connection.info.backend_pid} ({name}, user postgres, idle in transaction, since 20"


def test_a_migration_names_who_holds_a_table(empty_database: Database, tree: SmallTree) -> None:
    migrate(empty_database.dsn, tree.load())
    tree.write("schema/0004_more.sql", "alter table wedsync_data.guests add column seat integer;")
    with session(empty_database, "seating plan") as reader:
        reader.execute("select * from wedsync_data.guests")
        with pytest.raises(LockNotGained) as refused:
            migrate(empty_database.dsn, tree.load(), MigrateOptions(deadline=0, lock_timeout=400))
        assert named(reader, "seating plan") in refused.value.message
        assert "schema/0004_more" in refused.value.message
        assert "pg_terminate_backend" in (refused.value.hint or "")
    assert migrate(empty_database.dsn, tree.load()).applied == ("schema/0004_more",)


def test_a_migration_names_the_other_migration(database18: Database) -> None:
    with session(database18, "wedsync migrate") as other:
        other.execute("select pg_advisory_lock(%s)", [LOCK_KEY])
        ran = wedsync("migrate", "--repair", "--deadline", "0", dsn=database18.dsn)
        assert ran.code == 24
        assert named(other, "wedsync migrate") in ran.err


def test_reading_names_who_locked_the_pack(database18: Database) -> None:
    with session(database18, "vacuum full") as other:
        other.execute("lock table wedsync_internal.migrations in access exclusive mode")
        ran = wedsync("status", dsn=database18.dsn)
        assert ran.code == 24
        assert "a table of the pack is locked by " + named(other, "vacuum full") in ran.err


def test_a_duty_names_who_holds_its_table(database18: Database) -> None:
    with session(database18, "old report") as other:
        other.execute("lock table wedsync_data.scheduled_jobs in share mode")
        ran = wedsync("maintain", dsn=database18.dsn)
        assert ran.code == 24
        assert named(other, "old report") in ran.err
    assert wedsync("maintain", dsn=database18.dsn).code == 0


def test_uninstall_names_who_reads(database18: Database) -> None:
    with session(database18, "dashboard") as reader:
        reader.execute("select * from wedsync_data.weddings")
        ran = wedsync("uninstall", "--yes", dsn=database18.dsn)
        assert ran.code == 24
        assert named(reader, "dashboard") in ran.err
    assert wedsync("status", dsn=database18.dsn).code == 0


def test_who_may_not_see_the_others_is_told_so(database18: Database) -> None:
    database18.query("do $$ begin if to_regrole('installer') is null then create role installer login; end if; end $$")
    database18.query("grant wedsync_owner to installer")
    with session(database18, "dashboard") as reader:
        reader.execute("select * from wedsync_data.weddings")
        ran = wedsync("uninstall", "--yes", dsn=database18.dsn_as("installer"))
        assert ran.code == 24
        assert f"pid {reader.info.backend_pid} (dashboard, user postgres, since when is hidden from us)" in ran.err
